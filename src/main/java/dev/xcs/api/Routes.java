package dev.xcs.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.HashMap;
import java.util.Map;

/** The router: what every request passes, then the operations of the contract, then the web page. */
final class Routes {
    private final Contract contract;
    private final Draining draining;
    private final AccessGuard guard;
    private final MeterRegistry meters;

    Routes(Contract contract, Draining draining, AccessGuard guard, MeterRegistry meters) {
        this.contract = contract;
        this.draining = draining;
        this.guard = guard;
        this.meters = meters;
    }

    /** An operation of the contract that is missing in the map answers 501. */
    Router router(Vertx vertx, Map<String, Operation> operations) {
        RouterBuilder builder = RouterBuilder.create(vertx, contract.routes());
        builder.rootHandler(WebPage::secure)
                .rootHandler(draining::admit)
                .rootHandler(guard::check)
                .rootHandler(this::answerOptions);
        for (OpenAPIRoute route : builder.getRoutes()) {
            // Bodies are checked by hand: the validator's complaints name no value and no expectation.
            route.setDoValidation(false).setDoSecurity(false);
            Operation operation = operations.get(route.getOperation().getOperationId());
            if (operation != null) {
                route.addHandler(metered(route.getOperation().getOperationId(), operation));
            }
        }
        Router router = builder.createRouter();
        addHead(router);
        WebPage.mount(router);
        new FailureAnswerer(contract::methods).install(router);
        return router;
    }

    private void addHead(Router router) {
        for (Route route : router.getRoutes()) {
            if (route.getMetadata(RouterBuilder.KEY_META_DATA_OPERATION)
                            instanceof io.vertx.openapi.contract.Operation operation
                    && Contract.answersHead(operation)) {
                route.method(HttpMethod.HEAD);
            }
        }
    }

    private void answerOptions(RoutingContext context) {
        if (context.request().method() != HttpMethod.OPTIONS || !contract.knows(context.normalizedPath())) {
            context.next();
            return;
        }
        context.response()
                .setStatusCode(204)
                .putHeader(HttpHeaders.ALLOW, String.join(", ", contract.methods(context.normalizedPath())))
                .end()
                .onFailure(context::fail);
    }

    private Handler<RoutingContext> metered(String id, Operation operation) {
        // By status: to name a meter anew for every request takes a twentieth of the work on a short one.
        Map<Integer, Timer> timers = new HashMap<>();
        return context -> {
            // Streams are ended when the daemon stops: one that is not read must not hold it up.
            if (!Contract.isStream(id)) {
                draining.await(context);
            }
            Timer.Sample sample = Timer.start(meters);
            context.addEndHandler(ended ->
                    sample.stop(timers.computeIfAbsent(context.response().getStatusCode(), code -> timer(id, code))));
            attempt(operation, context).onFailure(context::fail);
        };
    }

    private Timer timer(String id, int status) {
        return Timer.builder("xcs.api.requests")
                .description("Answered requests of the API.")
                .tags("operation", id, "status", Integer.toString(status))
                .register(meters);
    }

    private static Future<?> attempt(Operation operation, RoutingContext context) {
        try {
            return operation.answer(context);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }
}

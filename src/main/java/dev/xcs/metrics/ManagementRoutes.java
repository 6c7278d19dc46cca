package dev.xcs.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import dev.xcs.config.HostNames;
import dev.xcs.message.FetchApiAddress;
import dev.xcs.message.FetchDomains;
import dev.xcs.message.ReadHost;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the management port answers. */
final class ManagementRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementRoutes.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final ObjectMapper MAPPER = Json.mapper();

    private final Vertx vertx;
    private final PrometheusMeterRegistry meters;
    private final HostNames hosts;

    /**
     * @param host what is listened at, also a good name in the Host header
     */
    ManagementRoutes(Vertx vertx, PrometheusMeterRegistry meters, String host) {
        this.hosts = new HostNames(host, List.of());
        this.vertx = vertx;
        this.meters = meters;
    }

    Router router() {
        Router router = Router.router(vertx);
        router.route().handler(this::checkHost);
        readable(router.route("/healthz")).handler(context -> answer(context, 200, "text/plain", "alive\n"));
        readable(router.route("/readyz")).handler(this::answerReady);
        readable(router.route("/metrics")).handler(this::answerMetrics);
        router.errorHandler(
                404, context -> refuse(context, ProblemType.NOT_FOUND, "expected /healthz, /readyz or /metrics"));
        router.errorHandler(405, context -> {
            context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            refuse(context, ProblemType.METHOD_NOT_ALLOWED, "expected GET or HEAD");
        });
        router.errorHandler(500, context -> {
            LOG.error("Unexpected failure of {}", context.request().path(), context.failure());
            refuse(context, ProblemType.INTERNAL, "the daemon's log says more");
        });
        return router;
    }

    private static Route readable(Route route) {
        return route.method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private void checkHost(RoutingContext context) {
        if (context.request().headers().getAll(HttpHeaders.HOST).size() > 1) {
            refuse(context, ProblemType.MALFORMED, "expected one Host header");
        } else if (hosts.accept(context.request().getHeader(HttpHeaders.HOST))) {
            context.next();
        } else {
            refuse(context, ProblemType.FORBIDDEN, "expected a loopback name in the Host header");
        }
    }

    /** Ready is who answers: the hypervisor, the domains and the API. */
    private void answerReady(RoutingContext context) {
        EventBus bus = vertx.eventBus();
        Future.all(
                        ReadHost.ADDRESS.ask(bus, new ReadHost(), PATIENCE),
                        FetchDomains.ADDRESS.ask(bus, new FetchDomains(), PATIENCE),
                        FetchApiAddress.ADDRESS.ask(bus, new FetchApiAddress(), PATIENCE))
                .onSuccess(all -> answer(context, 200, "text/plain", "ready\n"))
                .onFailure(failure -> {
                    context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
                    refuse(
                            context,
                            ProblemType.UNAVAILABLE,
                            ProblemException.of(failure).detail());
                });
    }

    private void answerMetrics(RoutingContext context) {
        String accept = context.request().getHeader(HttpHeaders.ACCEPT);
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : PLAIN;
        vertx.executeBlocking(() -> meters.scrape(type), false)
                .onSuccess(text -> answer(context, 200, type, text))
                .onFailure(context::fail);
    }

    private static void refuse(RoutingContext context, ProblemType type, String why) {
        Problem problem = Problem.of(
                type,
                context.request().method() + " "
                        + Problem.quote(context.request().path()) + ": " + why);
        try {
            answer(context, problem.status(), "application/problem+json", MAPPER.writeValueAsString(problem));
        } catch (JsonProcessingException e) {
            context.response()
                    .setStatusCode(500)
                    .end()
                    .onFailure(failure -> LOG.debug("The client went away", failure));
        }
    }

    private static void answer(RoutingContext context, int status, String type, String text) {
        Buffer body = Buffer.buffer(text);
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
                .end(body)
                .onFailure(failure -> LOG.debug("The client went away", failure));
    }
}

package dev.xcs.api;

import dev.xcs.message.FetchDomains;
import dev.xcs.model.Domain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which domain a path means: a uuid is used as it is, {@code name:} and {@code domid:} are redirected to the uuid. */
final class DomainLookup {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern LOOKUP = Pattern.compile("(name|domid):(.{1,64})", Pattern.DOTALL);
    private static final Pattern DOMID = Pattern.compile("[0-9]{1,5}");

    /** An operation on one domain. */
    @FunctionalInterface
    interface ForDomain {
        Future<?> answer(RoutingContext context, UUID uuid);
    }

    private final EventBus bus;

    DomainLookup(EventBus bus) {
        this.bus = bus;
    }

    /** The operation with its path's domain found. */
    Operation of(ForDomain operation) {
        return context -> {
            String text = context.pathParam("uuid");
            UUID uuid = DomainRequest.uuid(text);
            return uuid != null ? operation.answer(context, uuid) : redirect(context, text);
        };
    }

    private Future<?> redirect(RoutingContext context, String text) {
        Predicate<Domain> wanted = wanted(text);
        if (wanted == null) {
            return Future.failedFuture(Problem.invalidField("uuid", text, "a UUID, name:NAME or domid:NUMBER")
                    .toException());
        }
        return FetchDomains.ADDRESS
                .ask(bus, new FetchDomains(), TIMEOUT)
                .map(shown -> shown.domains().stream().filter(wanted).toList())
                .compose(found -> answer(context, text, found));
    }

    private static @Nullable Predicate<Domain> wanted(String text) {
        Matcher lookup = LOOKUP.matcher(text);
        if (!lookup.matches()) {
            return null;
        }
        String value = lookup.group(2);
        if (lookup.group(1).equals("name")) {
            return domain -> domain.name().equals(value);
        }
        return DOMID.matcher(value).matches() ? domain -> domain.domid() == Integer.parseInt(value) : null;
    }

    private static Future<?> answer(RoutingContext context, String text, List<Domain> found) {
        if (found.size() == 1) {
            return context.response()
                    .setStatusCode(307)
                    .putHeader(
                            HttpHeaders.LOCATION,
                            location(context.normalizedPath(), found.get(0).uuid()))
                    .end();
        }
        ProblemType type = found.isEmpty() ? ProblemType.NOT_FOUND : ProblemType.CONFLICT;
        String what =
                found.isEmpty() ? "there is no such domain" : "there are " + found.size() + " of them, use the uuid";
        return Future.failedFuture(
                Problem.of(type, Problem.quote(text) + ": " + what).toException());
    }

    /** The same path under /v1/domains, with the uuid in place of the lookup. */
    private static String location(String path, UUID uuid) {
        String[] parts = path.split("/", 5);
        return "/v1/domains/" + uuid + (parts.length > 4 ? "/" + parts[4] : "");
    }
}

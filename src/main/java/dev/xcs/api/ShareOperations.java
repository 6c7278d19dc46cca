package dev.xcs.api;

import dev.xcs.message.FetchDomain;
import dev.xcs.model.ConsoleShare;
import dev.xcs.model.Domain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Links to one console, given out, listed, taken back and used over HTTP. */
final class ShareOperations {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MIN_SECONDS = 60;
    private static final int MAX_SECONDS = 7 * 24 * 60 * 60;
    private static final int DEFAULT_SECONDS = 3600;
    private static final int MAX_USES = 1000;

    private final EventBus bus;
    private final BodyReader bodies;
    private final ShareDesk shares;
    private final AccessGuard guard;

    ShareOperations(EventBus bus, BodyReader bodies, ShareDesk shares, AccessGuard guard) {
        this.bus = bus;
        this.bodies = bodies;
        this.shares = shares;
        this.guard = guard;
    }

    private record Issued(String id, String url, String right, int uses, Instant expires) {}

    private record Shown(
            String id, String right, int uses, int used, Instant created, Instant expires, boolean revoked) {
        static Shown of(ConsoleShare share) {
            return new Shown(
                    share.id(),
                    ShareOperations.right(share),
                    share.uses(),
                    share.used(),
                    share.created(),
                    share.expires(),
                    share.revoked());
        }
    }

    private record Opened(UUID uuid, String name, String right, Instant expires) {}

    private static String right(ConsoleShare share) {
        return share.writes() ? "write" : "view";
    }

    Future<?> issue(RoutingContext context, UUID uuid) {
        String base = context.request().scheme() + "://" + context.request().getHeader(HttpHeaders.HOST);
        return bodies.read(context.request())
                .map(body -> share(body, uuid))
                .compose(share -> domain(uuid)
                        .map(domain -> {
                            if (!domain.managed()) {
                                throw Problem.of(
                                                ProblemType.NOT_FOUND,
                                                "There are no links to the console of domain " + uuid
                                                        + ", which another tool made")
                                        .toException();
                            }
                            return domain;
                        })
                        .compose(known -> shares.issue(share))
                        .compose(token -> Answers.json(
                                context.response(),
                                201,
                                new Issued(
                                        share.id(),
                                        base + "/share#" + token,
                                        right(share),
                                        share.uses(),
                                        share.expires()))));
    }

    private static ConsoleShare share(Buffer body, UUID uuid) {
        RequestFields fields = RequestFields.of(body.length() == 0 ? Buffer.buffer("{}") : body);
        String right = fields.text("right", text -> text.equals("view") || text.equals("write"), "view or write");
        Integer uses = fields.intOrNull("uses", 1, MAX_USES);
        Integer seconds = fields.intOrNull("expiresSeconds", MIN_SECONDS, MAX_SECONDS);
        fields.finish();
        return ShareDesk.make(
                uuid,
                "write".equals(right),
                uses == null ? 1 : uses,
                Duration.ofSeconds(seconds == null ? DEFAULT_SECONDS : seconds));
    }

    private Future<Domain> domain(UUID uuid) {
        return FetchDomain.ADDRESS.ask(bus, new FetchDomain(uuid), TIMEOUT).map(shown -> shown.domain());
    }

    Future<?> list(RoutingContext context, UUID uuid) {
        return domain(uuid)
                .compose(known -> Answers.json(
                        context.response(),
                        200,
                        shares.of(uuid).stream().map(Shown::of).toList()));
    }

    Future<?> revoke(RoutingContext context, UUID uuid) {
        return shares.revoke(uuid, context.pathParam("share"))
                .compose(gone -> context.response().setStatusCode(204).end());
    }

    /** Needs no login: the token is what lets in. */
    Future<?> use(RoutingContext context) {
        return bodies.read(context.request())
                .map(body -> {
                    RequestFields fields = RequestFields.of(body);
                    String token = fields.requiredText(
                            "token",
                            text -> text.matches("[A-Za-z0-9_.-]{1,200}"),
                            "the part of a share link behind the #");
                    fields.finish();
                    return token;
                })
                .compose(token -> shares.redeem(token).recover(failure -> Future.failedFuture(guard.slowed(failure))))
                .compose(share -> domain(share.domain()).compose(domain -> {
                    context.response().addCookie(cookie(share));
                    return Answers.json(
                            context.response(),
                            201,
                            new Opened(share.domain(), domain.name(), right(share), share.expires()));
                }));
    }

    /** A browser sends it to this console's paths only. */
    private Cookie cookie(ConsoleShare share) {
        return Cookie.cookie(guard.shareCookieName(), shares.cookie(share))
                .setPath("/v1/domains/" + share.domain() + "/console")
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setMaxAge(Math.max(
                        1, Duration.between(Instant.now(), share.expires()).toSeconds()));
    }
}

package dev.xcs.api;

import dev.xcs.message.LoginLink;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Logging in by HTTP. */
final class AccessOperations {
    private final AccessGuard guard;

    AccessOperations(AccessGuard guard) {
        this.guard = guard;
    }

    /** Makes a link under the name by which the asker reached this server, which the guard has checked. */
    Future<?> createLink(RoutingContext context) {
        String base = "http://" + context.request().getHeader(HttpHeaders.HOST);
        return Answers.json(context.response(), 201, new LoginLink(guard.loginLink(base)));
    }

    Future<?> logIn(RoutingContext context) {
        List<String> ticket = context.queryParam("ticket");
        Cookie cookie = guard.logIn(ticket.isEmpty() ? null : ticket.get(0));
        if (cookie == null) {
            return Future.failedFuture(
                    guard.unauthenticated("The login link is unknown, was used already or is too old")
                            .toException());
        }
        return context.response()
                .addCookie(cookie)
                .setStatusCode(303)
                .putHeader(HttpHeaders.LOCATION, "/")
                .end();
    }
}

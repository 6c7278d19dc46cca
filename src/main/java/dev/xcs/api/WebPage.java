package dev.xcs.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;

/** The web page: static files from the class path, under a policy that lets it load nothing but itself. */
final class WebPage {
    /** Images in data are cursors of guests, and tiles of their displays. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src"
                    + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private WebPage() {}

    /** Serves every path outside /v1 that no operation of the contract has taken. */
    static void mount(Router router) {
        // A share link; its token is behind the #, which a browser keeps to itself.
        router.get("/share").handler(context -> context.reroute("/share.html"));
        router.routeWithRegex("/(?!v1(/|$)).*")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(StaticHandler.create("webroot")
                        .setIncludeHidden(false)
                        .setDirectoryListing(false)
                        .setCachingEnabled(false));
    }

    /** Headers of every answer of the API's port. */
    static void secure(RoutingContext context) {
        context.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        context.next();
    }
}

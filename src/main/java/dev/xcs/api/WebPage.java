package dev.xcs.api;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.List;
import java.util.stream.Stream;

/** The web page: static files from the class path, under a policy that lets it load nothing but itself. */
final class WebPage {
    /** Images in data are cursors of guests, and tiles of their displays. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src"
                    + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Names and values in turn, as the bytes they are sent as: encoding strings was a sixth of the time of a short request. */
    private static final List<CharSequence> HEADERS = Stream.of(
                    "Content-Security-Policy",
                    POLICY,
                    "X-Content-Type-Options",
                    "nosniff",
                    "X-Frame-Options",
                    "DENY",
                    "Referrer-Policy",
                    "no-referrer",
                    "Cross-Origin-Opener-Policy",
                    "same-origin",
                    "Cross-Origin-Resource-Policy",
                    "same-origin",
                    "Cache-Control",
                    "no-store")
            .map(HttpHeaders::createOptimized)
            .toList();

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
        MultiMap headers = context.response().headers();
        for (int i = 0; i < HEADERS.size(); i += 2) {
            headers.set(HEADERS.get(i), HEADERS.get(i + 1));
        }
        context.next();
    }
}

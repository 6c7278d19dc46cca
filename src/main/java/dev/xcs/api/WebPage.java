package dev.xcs.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.Map;
import java.util.stream.Collectors;

/** The web page: static files from the class path, under a policy that lets it load nothing but itself. */
final class WebPage {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** In every answer, so they are checked and encoded once. */
    private static final Map<CharSequence, CharSequence> HEADERS = encoded(Map.of(
            "Content-Security-Policy", POLICY,
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cache-Control", "no-store"));

    private WebPage() {}

    /** Serves every path outside /v1 that no operation of the contract has taken. */
    static void mount(Router router) {
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
        HEADERS.forEach(context.response()::putHeader);
        context.next();
    }

    private static Map<CharSequence, CharSequence> encoded(Map<String, String> headers) {
        return headers.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        header -> HttpHeaders.createOptimized(header.getKey()),
                        header -> HttpHeaders.createOptimized(header.getValue())));
    }
}

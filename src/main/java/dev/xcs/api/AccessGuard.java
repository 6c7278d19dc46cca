package dev.xcs.api;

import dev.xcs.config.HostNames;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may. The Host is checked for every request, the Origin for every one that changes something or opens a websocket,
 * and everything under /v1 needs the admin token or a session cookie.
 */
final class AccessGuard {
    static final Duration SESSION = Duration.ofHours(12);
    static final Duration TICKET = Duration.ofMinutes(10);

    private static final String BEARER = "Bearer ";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final HostNames hosts;
    private final AdminToken token;
    private final SessionCookies sessions;
    private final Expiring tickets;
    private final FailureWindow failures;
    private final Counter failed;

    AccessGuard(HostNames hosts, AdminToken token, InstantSource clock, MeterRegistry meters) {
        this.hosts = hosts;
        this.token = token;
        this.sessions = new SessionCookies(token, clock, SESSION);
        this.tickets = new Expiring(clock, TICKET, 16);
        this.failures = new FailureWindow(clock);
        this.failed = Counter.builder("xcs.api.authentication.failures")
                .description("Requests with a wrong token, ticket or session, or without any.")
                .register(meters);
    }

    /** Lets a request pass or fails it. */
    void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        Problem refusal = refusal(request, path(context));
        if (refusal == null) {
            context.next();
        } else {
            context.fail(refusal.toException());
        }
    }

    private static String path(RoutingContext context) {
        try {
            return context.normalizedPath();
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    Problem.of(
                            ProblemType.MALFORMED,
                            "Path: " + Problem.quote(context.request().path()) + ", expected valid percent escapes"),
                    e);
        }
    }

    private @Nullable Problem refusal(HttpServerRequest request, String path) {
        int hostHeaders = request.headers().getAll(HttpHeaders.HOST).size();
        if (hostHeaders > 1) {
            // A proxy in front may have looked at another one than this would.
            return Problem.of(ProblemType.MALFORMED, "Header Host: " + hostHeaders + " of them, expected one")
                    .withField("Host");
        }
        if (!hosts.accept(request.getHeader(HttpHeaders.HOST))) {
            return forbidden(
                    "Host", request.getHeader(HttpHeaders.HOST), "a loopback name or one of api.allowed-hosts");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        boolean guarded = !SAFE.contains(request.method()) || isUpgrade(request);
        if (guarded && origin != null && !isOwn(origin, request)) {
            return forbidden("Origin", origin, "this server's own");
        }
        return path.equals("/v1") || path.startsWith("/v1/") ? refusalOfApi(request, guarded && origin == null) : null;
    }

    private @Nullable Problem refusalOfApi(HttpServerRequest request, boolean originMissing) {
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return isToken(authorization)
                    ? null
                    : unauthenticated("The Authorization header does not carry the admin token");
        }
        Cookie cookie = request.getCookie(token.cookieName());
        if (cookie == null) {
            failed.increment();
            return whoAreYou("No Authorization header and no session cookie");
        }
        if (!sessions.accepts(cookie.getValue())) {
            return unauthenticated("The session has ended");
        }
        return originMissing ? forbidden("Origin", null, "this server's own, because a cookie authenticates it") : null;
    }

    /** A link that logs in once; the base is for example {@code http://localhost:8080}. */
    String loginLink(String base) {
        return base + "/login?ticket=" + tickets.issue();
    }

    /** The cookie for a ticket's bearer, or null when the ticket is not good. */
    @Nullable
    Cookie logIn(@Nullable String ticket) {
        if (ticket == null || !tickets.redeem(ticket)) {
            return null;
        }
        return Cookie.cookie(token.cookieName(), sessions.issue())
                .setPath("/")
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setMaxAge(SESSION.toSeconds());
    }

    /** Counts a wrong secret and says what to answer. */
    Problem unauthenticated(String detail) {
        failed.increment();
        if (!failures.exceeded()) {
            return whoAreYou(detail);
        }
        String expected =
                "fewer than " + FailureWindow.ALLOWED + " in " + FailureWindow.LENGTH.toSeconds() + " seconds";
        return Problem.of(ProblemType.TOO_MANY, "Too many failed authentications, expected " + expected)
                .asRetryable();
    }

    private static Problem whoAreYou(String detail) {
        return Problem.of(ProblemType.UNAUTHENTICATED, detail)
                .withCause("expected: Authorization: Bearer, and the content of the file " + AdminToken.FILE
                        + " in the daemon's state directory; or a browser that opened a login link");
    }

    private boolean isToken(String authorization) {
        return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && token.matches(authorization.substring(BEARER.length()).strip());
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.UPGRADE);
    }

    /** The scheme may be https where a proxy in front of the daemon speaks TLS. */
    private static boolean isOwn(String origin, HttpServerRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
    }

    private static Problem forbidden(String header, @Nullable String value, String expected) {
        return Problem.of(
                ProblemType.FORBIDDEN, "Header " + header + ": " + Problem.quote(value) + ", expected " + expected);
    }
}

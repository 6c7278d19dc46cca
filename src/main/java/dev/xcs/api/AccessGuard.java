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

    /** What a share link opens below its domain. */
    private static final Set<String> SHARED = Set.of("/console", "/console/state", "/console/log");
    /** Where a share link's token is what lets in. */
    private static final String SHARE_SESSIONS = "/v1/share-sessions";

    private static final String BEARER = "Bearer ";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final HostNames hosts;
    private final AdminToken token;
    private final SessionCookies sessions;
    private final Expiring tickets;
    private final FailureWindow failures;
    private final Counter failed;
    private @Nullable ShareDesk shares;

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
        Problem refusal = refusal(context, path(context));
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

    private @Nullable Problem refusal(RoutingContext context, String path) {
        HttpServerRequest request = context.request();
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
        boolean api = path.equals("/v1") || path.startsWith("/v1/");
        return api && !path.equals(SHARE_SESSIONS) ? refusalOfApi(context, path, guarded && origin == null) : null;
    }

    private @Nullable Problem refusalOfApi(RoutingContext context, String path, boolean originMissing) {
        HttpServerRequest request = context.request();
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return isToken(authorization)
                    ? null
                    : unauthenticated("The Authorization header does not carry the admin token");
        }
        Cookie cookie = request.getCookie(token.cookieName());
        Login shared = cookie == null || !sessions.accepts(cookie.getValue()) ? shared(request, path) : null;
        if (shared != null) {
            shared.remember(context);
            return originMissing ? originNeeded() : null;
        }
        if (cookie == null) {
            failed.increment();
            return whoAreYou("No Authorization header and no session cookie");
        }
        if (!sessions.accepts(cookie.getValue())) {
            return unauthenticated("The session has ended");
        }
        return originMissing ? originNeeded() : null;
    }

    private static Problem originNeeded() {
        return forbidden("Origin", null, "this server's own, because a cookie authenticates it");
    }

    /** Links that let in by a cookie of their own, from now on. */
    void accept(ShareDesk desk) {
        shares = desk;
    }

    /** Who came by a share link, where that opens the path. */
    private @Nullable Login shared(HttpServerRequest request, String path) {
        ShareDesk desk = shares;
        Cookie cookie = request.getCookie(shareCookieName());
        if (desk == null || cookie == null || !SAFE.contains(request.method())) {
            return null;
        }
        return desk.session(cookie.getValue())
                .filter(share ->
                        SHARED.contains(afterDomain(path, share.domain().toString())))
                .map(Login::of)
                .orElse(null);
    }

    private static String afterDomain(String path, String domain) {
        String prefix = "/v1/domains/" + domain;
        return path.startsWith(prefix) ? path.substring(prefix.length()) : "";
    }

    String shareCookieName() {
        return token.cookieName() + "_share";
    }

    /** A wrong link is answered as it is, until there were too many. */
    Throwable slowed(Throwable failure) {
        failed.increment();
        return failures.exceeded() ? tooMany().toException() : failure;
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
        return tooMany();
    }

    private static Problem tooMany() {
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

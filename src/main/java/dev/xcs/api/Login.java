package dev.xcs.api;

import dev.xcs.model.ConsoleShare;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param viewOnly whether it may only look
 * @param share the share link that it came by; null for others
 * @param until when it has to go; null for never
 */
record Login(
        String name,
        boolean viewOnly,
        @Nullable String share,
        @Nullable Instant until) {
    private static final String KEY = "xcs.login";
    private static final Login ADMIN = new Login("admin", false, null, null);

    static Login of(RoutingContext context) {
        Login login = context.get(KEY);
        return login == null ? ADMIN : login;
    }

    static Login of(ConsoleShare share) {
        return new Login("guest", !share.writes(), share.id(), share.expires());
    }

    void remember(RoutingContext context) {
        context.put(KEY, this);
    }
}

package dev.xcs.api;

import io.vertx.ext.web.RoutingContext;

/**
 * Who asks.
 *
 * @param viewOnly whether it may only look
 */
record Login(String name, boolean viewOnly) {
    private static final String KEY = "xcs.login";
    private static final Login ADMIN = new Login("admin", false);

    static Login of(RoutingContext context) {
        Login login = context.get(KEY);
        return login == null ? ADMIN : login;
    }
}

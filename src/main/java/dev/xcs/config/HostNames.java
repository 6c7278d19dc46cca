package dev.xcs.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a server of the daemon may be addressed. A page of a foreign site can make its own name resolve to the
 * loopback interface (DNS rebinding); it cannot make the browser send one of these names in the Host header.
 */
public final class HostNames {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names = new HashSet<>(LOOPBACK);

    /**
     * The names of the loopback interface, the address that is listened at, and these.
     */
    public HostNames(String listening, List<String> others) {
        names.add(literal(listening));
        others.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** An address as it stands in a URL: that of IPv6 in brackets. */
    public static String literal(String host) {
        return host.contains(":") ? "[" + host + "]" : host.toLowerCase(Locale.ROOT);
    }

    /** Whether a Host header, with or without a port, names this server. */
    public boolean accept(@Nullable String hostHeader) {
        return hostHeader != null && names.contains(withoutPort(hostHeader).toLowerCase(Locale.ROOT));
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        boolean port = colon >= 0 && host.indexOf(']', colon) < 0;
        return port && onlyDigits(host, colon + 1) ? host.substring(0, colon) : host;
    }

    private static boolean onlyDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}

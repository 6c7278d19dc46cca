package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Errno;

/** Node names: what is valid and what is above what, by the rules of C xenstored. */
final class StorePath {
    /** XENSTORE_ABS_PATH_MAX of xs_wire.h. */
    private static final int MAX_ABSOLUTE = 3072;
    /** XENSTORE_REL_PATH_MAX of xs_wire.h; xenstored holds absolute paths to it too, without their home. */
    private static final int MAX_RELATIVE = 2048;

    private StorePath() {}

    /** What relative paths of a domain are relative to. */
    static String home(int domid) {
        return "/local/domain/" + domid;
    }

    /** The absolute form of a path that the domain sent; EINVAL where it is not a path. */
    static String canonical(int domid, String path) {
        String absolute = path.startsWith("/") ? path : home(domid) + "/" + path;
        if (path.isEmpty() || isSpecial(path) || absolute.length() > MAX_ABSOLUTE || !isValid(absolute)) {
            throw new StoreError(Errno.EINVAL);
        }
        return absolute;
    }

    /** Also {@code @introduceDomain} and the like, which are watched but are no nodes. */
    static String watchable(int domid, String path) {
        return isSpecial(path) ? path : canonical(domid, path);
    }

    static boolean isSpecial(String path) {
        return path.startsWith("@");
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static String child(String path, String name) {
        return path.equals("/") ? "/" + name : path + "/" + name;
    }

    private static boolean isValid(String path) {
        if (path.equals("/")) {
            return true;
        }
        return !path.endsWith("/")
                && !path.contains("//")
                && withoutHome(path).length() <= MAX_RELATIVE
                && path.chars().allMatch(StorePath::isAllowed);
    }

    private static boolean isAllowed(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-/_@".indexOf(c) >= 0;
    }

    private static String withoutHome(String path) {
        String prefix = "/local/domain/";
        int end = path.startsWith(prefix) ? path.indexOf('/', prefix.length()) : -1;
        return end < 0 ? path : path.substring(end + 1);
    }
}

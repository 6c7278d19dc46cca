package dev.xcs.xenstore;

import dev.xcs.model.Problem;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A request that is known to be acceptable: whatever xenstored would refuse or choke on is refused here. */
final class XenstoreRequest {
    /** XENSTORE_ABS_PATH_MAX of xs_wire.h. */
    private static final int MAX_PATH = 3072;
    /** XENSTORE_REL_PATH_MAX of xs_wire.h; C xenstored holds absolute paths to it too, without /local/domain/N. */
    private static final int MAX_RELATIVE_PATH = 2048;
    /** oxenstored answers E2BIG to a longer one, even to dom0. */
    private static final int MAX_VALUE = 2048;

    private static final Pattern PERMISSION = Pattern.compile("[nrwb]\\d{1,5}");

    private final Op op;
    private final String argument;
    private final byte[] payload;

    private XenstoreRequest(Op op, String argument, byte[] payload) {
        this.op = op;
        this.argument = argument;
        this.payload = payload;
        if (payload.length > Frame.MAX_REQUEST_PAYLOAD) {
            String limit = payload.length + " bytes, expected at most " + Frame.MAX_REQUEST_PAYLOAD;
            throw XenstoreProblems.invalid(op, argument, Errno.E2BIG, "the request for " + argument + " has " + limit);
        }
    }

    /** An operation on a node that needs only its path. */
    static XenstoreRequest node(Op op, String path) {
        checkPath(op, path);
        return new XenstoreRequest(op, path, Frame.strings(path));
    }

    static XenstoreRequest part(String path, int offset) {
        return new XenstoreRequest(Op.DIRECTORY_PART, path, Frame.strings(path, Integer.toString(offset)));
    }

    static XenstoreRequest of(Change change) {
        if (change instanceof Change.Write write) {
            return write(write.path(), write.value());
        }
        if (change instanceof Change.Permit permit) {
            return permit(permit.path(), permit.permissions());
        }
        return node(Op.RM, change.path());
    }

    static XenstoreRequest write(String path, String value) {
        checkPath(Op.WRITE, path);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        String what = "the value of " + path;
        if (bytes.length > MAX_VALUE) {
            String limit = " has " + bytes.length + " bytes, expected at most " + MAX_VALUE;
            throw XenstoreProblems.invalid(Op.WRITE, path, Errno.E2BIG, what + limit);
        }
        if (value.indexOf('\0') >= 0) {
            throw XenstoreProblems.invalid(Op.WRITE, path, Errno.EINVAL, what + " has a NUL, expected text without");
        }
        return new XenstoreRequest(Op.WRITE, path, Frame.pathAndValue(path, bytes));
    }

    private static XenstoreRequest permit(String path, List<String> permissions) {
        checkPath(Op.SET_PERMS, path);
        boolean valid = !permissions.isEmpty()
                && permissions.stream().allMatch(p -> PERMISSION.matcher(p).matches());
        if (!valid) {
            String expected = ", expected at least one of the form n0, r5, w5 or b5";
            throw XenstoreProblems.invalid(
                    Op.SET_PERMS, path, Errno.EINVAL, "permissions " + permissions + " of " + path + expected);
        }
        String[] parts = Stream.concat(Stream.of(path), permissions.stream()).toArray(String[]::new);
        return new XenstoreRequest(Op.SET_PERMS, path, Frame.strings(parts));
    }

    /** WATCH or UNWATCH; special paths as {@code @releaseDomain} are allowed. */
    static XenstoreRequest watch(Op op, String path, String token) {
        if (!path.matches("@[A-Za-z]+")) {
            checkPath(op, path);
        }
        return new XenstoreRequest(op, path, Frame.strings(path, token));
    }

    static XenstoreRequest startTransaction() {
        return new XenstoreRequest(Op.TRANSACTION_START, "", Frame.strings(""));
    }

    static XenstoreRequest endTransaction(boolean commit) {
        return new XenstoreRequest(Op.TRANSACTION_END, "", Frame.strings(commit ? "T" : "F"));
    }

    /** An operation on a domain. */
    static XenstoreRequest domain(Op op, long... numbers) {
        String[] parts = LongStream.of(numbers).mapToObj(Long::toString).toArray(String[]::new);
        return new XenstoreRequest(op, parts[0], Frame.strings(parts));
    }

    Op op() {
        return op;
    }

    /** What it is about, for problems: mostly the path. */
    String argument() {
        return argument;
    }

    Frame frame(int requestId, int transactionId) {
        return new Frame(op, requestId, transactionId, payload);
    }

    private static void checkPath(Op op, String path) {
        if (isTooLong(path)) {
            String detail = "path " + quoted(path) + " has " + path.length() + " characters, expected at most ";
            throw XenstoreProblems.invalid(op, path, Errno.EINVAL, detail + MAX_RELATIVE_PATH);
        }
        if (!isWellFormed(path)) {
            String expected = ", expected names of A-Z a-z 0-9 - _ @ between single slashes";
            throw XenstoreProblems.invalid(op, path, Errno.EINVAL, "path " + quoted(path) + expected);
        }
    }

    private static boolean isTooLong(String path) {
        return path.length() > MAX_RELATIVE_PATH
                && (path.length() > MAX_PATH
                        || path.replaceFirst("^/local/domain/[^/]*/", "").length() > MAX_RELATIVE_PATH);
    }

    /** Whether it is names between single slashes. By hand: a domain is dozens of nodes, and the event loop checks each. */
    private static boolean isWellFormed(String path) {
        boolean inName = false;
        for (int at = 0; at < path.length(); at++) {
            char c = path.charAt(at);
            if (c == '/' ? !inName && at > 0 : !isOfName(c)) {
                return false;
            }
            inName = c != '/';
        }
        return inName || path.equals("/");
    }

    private static boolean isOfName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_@".indexOf(c) >= 0;
    }

    private static String quoted(String path) {
        return Problem.quote(path);
    }
}

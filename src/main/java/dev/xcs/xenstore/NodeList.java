package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Lists children, in parts where C xenstored says that they are too many for one reply. */
final class NodeList {
    /** A directory that changes between the parts is read from its start again, so often. */
    private static final int MAX_RESTARTS = 20;

    private final String path;
    private final Function<XenstoreRequest, Future<Frame>> requests;
    private final StringBuilder names = new StringBuilder();
    private String generation = "";
    private int restarts;

    private NodeList(String path, Function<XenstoreRequest, Future<Frame>> requests) {
        this.path = path;
        this.requests = requests;
    }

    /** The names; empty also when the node does not exist. */
    static Future<List<String>> of(String path, Function<XenstoreRequest, Future<Frame>> requests) {
        return requests.apply(XenstoreRequest.node(Op.DIRECTORY, path))
                .map(Frame::parts)
                .recover(failure -> XenstoreProblems.is(failure, Errno.E2BIG)
                        ? new NodeList(path, requests).next()
                        : Future.failedFuture(failure))
                .recover(failure -> XenstoreProblems.is(failure, Errno.ENOENT)
                        ? Future.succeededFuture(List.of())
                        : Future.failedFuture(failure));
    }

    private Future<List<String>> next() {
        return requests.apply(XenstoreRequest.part(path, names.length())).compose(this::take);
    }

    private Future<List<String>> take(Frame reply) {
        String text = new String(reply.payload(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        String itsGeneration = text.substring(0, Math.max(end, 0));
        if (!itsGeneration.equals(generation) && names.length() > 0) {
            return restart();
        }
        generation = itsGeneration;
        String part = text.substring(end + 1);
        // An empty name ends the list.
        if (part.equals("\0") || part.endsWith("\0\0") || part.isEmpty()) {
            names.append(part);
            return Future.succeededFuture(Stream.of(names.toString().split("\0"))
                    .filter(name -> !name.isEmpty())
                    .toList());
        }
        names.append(part);
        return next();
    }

    private Future<List<String>> restart() {
        names.setLength(0);
        return ++restarts > MAX_RESTARTS
                ? Future.failedFuture(XenstoreProblems.refused(Op.DIRECTORY_PART, path, Errno.EAGAIN.name()))
                : next();
    }
}

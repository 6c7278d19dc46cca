package dev.xcs.devicemodel;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.parsetools.RecordParser;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A conversation with a QEMU by its machine protocol: a line of JSON each way for each command, events between. */
final class Qmp {
    private static final int MAX_LINE_BYTES = 1 << 20;

    private final NetSocket socket;
    private final Deque<Promise<JsonObject>> asked = new ArrayDeque<>();
    private final Promise<JsonObject> greeted = Promise.promise();

    private Qmp(NetSocket socket) {
        this.socket = socket;
        RecordParser lines = RecordParser.newDelimited("\n", line -> take(line.toJsonObject()));
        lines.maxRecordSize(MAX_LINE_BYTES);
        lines.exceptionHandler(this::fail);
        socket.handler(lines);
        socket.exceptionHandler(this::fail);
        socket.closeHandler(closed -> fail(new java.io.IOException("QEMU has closed the connection")));
    }

    /** Done when commands can be given. */
    static Future<Qmp> connect(Vertx vertx, NetClient client, Path path) {
        return client.connect(SocketAddress.domainSocketAddress(path.toString()))
                .compose(socket -> {
                    Qmp qmp = new Qmp(socket);
                    return qmp.greeted
                            .future()
                            .compose(any -> qmp.execute("qmp_capabilities"))
                            .map(qmp);
                });
    }

    private void take(JsonObject message) {
        if (message.containsKey("QMP")) {
            greeted.tryComplete(message);
        } else if (!message.containsKey("event")) {
            Promise<JsonObject> next = asked.poll();
            if (next != null && message.containsKey("error")) {
                next.tryFail(message.getJsonObject("error").getString("desc"));
            } else if (next != null) {
                next.tryComplete(message.getJsonObject("return", new JsonObject()));
            }
        }
    }

    private void fail(Throwable why) {
        greeted.tryFail(why);
        asked.forEach(promise -> promise.tryFail(why));
        asked.clear();
    }

    Future<JsonObject> execute(String command) {
        return execute(command, new JsonObject());
    }

    Future<JsonObject> execute(String command, JsonObject arguments) {
        Promise<JsonObject> answer = Promise.promise();
        asked.add(answer);
        return socket.write(new JsonObject()
                                .put("execute", command)
                                .put("arguments", arguments)
                                .encode()
                        + "\n")
                .compose(written -> answer.future());
    }

    Future<Void> close() {
        return socket.close();
    }
}

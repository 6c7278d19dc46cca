package dev.xcs.xenstore;

import io.vertx.core.Future;

/** Opens connections to xenstored; called on the client's context. */
interface Connector {
    /** Fails with a problem that says where xenstored was looked for. */
    Future<Transport> connect();

    void close();
}

package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.journal.Definitions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The definitions on disk, written by worker threads. */
final class DefinitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionLog.class);

    private final Vertx vertx;
    private final Definitions definitions;

    DefinitionLog(Vertx vertx, Definitions definitions) {
        this.vertx = vertx;
        this.definitions = definitions;
    }

    Future<List<Definition>> load() {
        return off(definitions::load);
    }

    /** Done when it is on disk. */
    Future<Void> save(Definition definition) {
        return off(() -> {
            definitions.save(definition);
            return null;
        });
    }

    /** Done when it is off the disk or that failed, which the next start mends, since it finds no such domain. */
    Future<Void> remove(UUID uuid) {
        return this.<Void>off(() -> {
                    definitions.remove(uuid);
                    return null;
                })
                .otherwise(failure -> {
                    LOG.warn("{}", failure.getMessage());
                    return null;
                });
    }

    /** Not in order: each domain's operations are one after the other anyhow, and no domain waits for another's disk. */
    private <T> Future<T> off(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }
}

package dev.xcs.xenstore;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The client with the simulated xenstored. */
class SimXenstoreTest extends XenstoreConformance {
    private SimPeer peer;

    @BeforeAll
    void start(@TempDir Path directory) {
        peer = new SimPeer(directory);
    }

    @AfterAll
    void stop() {
        peer.close();
    }

    @Override
    StorePeer peer() {
        return peer;
    }
}

package dev.xcs.xenstore;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The client with Debian's C xenstored. */
class RealXenstoreConformanceIT extends XenstoreConformance {
    private DebianXenstored peer;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        String missing = DebianXenstored.missing().orElse("");
        assumeTrue(missing.isEmpty(), missing);
        peer = new DebianXenstored(directory);
    }

    @AfterAll
    void stop() throws Exception {
        if (peer != null) {
            peer.close();
        }
    }

    @Override
    StorePeer peer() {
        return peer;
    }
}

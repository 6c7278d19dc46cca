package dev.xcs.xenstore;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;

/**
 * The client with any xenstored, for example oxenstored in the lab: its socket is given by XCS_TEST_XENSTORE_SOCKET. Nothing
 * outside of /tool/xcs-test is touched, and what would need the store for itself is skipped.
 */
class GivenXenstoreConformanceIT extends XenstoreConformance {
    private static final String VARIABLE = "XCS_TEST_XENSTORE_SOCKET";
    private static final String SOCKET = System.getenv().getOrDefault(VARIABLE, System.getProperty(VARIABLE, ""));

    @BeforeAll
    static void requireSocket() {
        assumeTrue(!SOCKET.isEmpty(), VARIABLE + " does not name a socket");
    }

    @Override
    StorePeer peer() {
        return new GivenPeer(Path.of(SOCKET));
    }

    private record GivenPeer(Path socket) implements StorePeer {
        @Override
        public boolean isOwn() {
            return false;
        }

        @Override
        public void kill() {
            throw notOurs();
        }

        @Override
        public void start() {
            throw notOurs();
        }

        @Override
        public void addDomain(int domid) {
            throw notOurs();
        }

        @Override
        public void shutDomainDown(int domid) {
            throw notOurs();
        }

        @Override
        public void removeDomain(int domid) {
            throw notOurs();
        }

        @Override
        public void close() {}

        private static UnsupportedOperationException notOurs() {
            return new UnsupportedOperationException("this xenstored is not the test's own");
        }
    }
}

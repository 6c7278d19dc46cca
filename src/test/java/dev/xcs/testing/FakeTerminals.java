package dev.xcs.testing;

import dev.xcs.hypervisor.Terminal;
import dev.xcs.hypervisor.Terminals;
import java.util.concurrent.atomic.AtomicInteger;

/** Terminals that nobody looks at; counts those that are there. */
public final class FakeTerminals implements Terminals {
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    public int made() {
        return made.get();
    }

    public int left() {
        return made.get() - closed.get();
    }

    @Override
    public Terminal make() {
        String path = "/dev/pts/" + made.incrementAndGet();
        return new Terminal() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public boolean isOpen() {
                return false;
            }

            @Override
            public int read(byte[] into) {
                return 0;
            }

            @Override
            public int write(byte[] from, int offset, int length) {
                return 0;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    @Override
    public Terminal attach(String path) {
        return NONE.attach(path);
    }
}

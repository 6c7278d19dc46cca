package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleParts;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.Consoles;
import dev.xcs.testing.FakeHypervisor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred domains print their own names, boot anew at random and get each other's domids: nobody sees another's byte. */
class ConsoleCrossTalkTest {
    private static final int DOMAINS = 200;
    private static final int STEPS = 2000;

    @TempDir
    Path dir;

    private final Random random = new Random(3);
    private final List<Integer> freeDomids = new ArrayList<>();
    private final Map<Integer, Integer> domidOf = new HashMap<>();
    private final Map<Integer, StringBuilder> printed = new HashMap<>();

    private static UUID uuid(int domain) {
        return new UUID(9, domain);
    }

    @Test
    void nobodySeesAByteOfAnotherDomainHoweverDomidsAreReused() throws Exception {
        FakeHypervisor host = new FakeHypervisor();
        for (int domid = 1; domid <= DOMAINS + 5; domid++) {
            freeDomids.add(domid);
        }
        try (ConsoleParts parts = new ConsoleParts(host, Consoles.log(dir.resolve("consoles"), 1 << 20), dir)) {
            List<ConsoleViewer> viewers = new ArrayList<>();
            for (int domain = 0; domain < DOMAINS; domain++) {
                printed.put(domain, new StringBuilder());
                boot(parts, domain);
                viewers.add(parts.api().viewer(uuid(domain).toString(), "?offset=0"));
            }
            for (int step = 0; step < STEPS; step++) {
                int domain = random.nextInt(DOMAINS);
                if (random.nextInt(10) == 0) {
                    parts.detach(uuid(domain), domidOf.get(domain));
                    freeDomids.add(domidOf.get(domain));
                    boot(parts, domain);
                }
                print(host, domain);
            }
            for (int domain = 0; domain < DOMAINS; domain++) {
                String all = printed.get(domain).toString();
                ConsoleViewer viewer = viewers.get(domain);
                Await.until("all is seen", Duration.ofMinutes(1), () -> viewer.bytes().length >= all.length());
                assertThat(new String(viewer.bytes(), StandardCharsets.US_ASCII))
                        .as("domain " + domain)
                        .isEqualTo(all);
                viewer.close();
            }
        }
    }

    private void boot(ConsoleParts parts, int domain) {
        int domid = freeDomids.remove(random.nextInt(freeDomids.size()));
        domidOf.put(domain, domid);
        parts.attach(uuid(domain), domid);
    }

    private void print(FakeHypervisor host, int domain) {
        String text = ("<" + domain + ">").repeat(1 + random.nextInt(30));
        host.guest(domidOf.get(domain)).print(text.getBytes(StandardCharsets.US_ASCII));
        printed.get(domain).append(text);
    }
}

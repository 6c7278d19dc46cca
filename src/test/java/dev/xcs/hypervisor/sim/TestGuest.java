package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.ShutdownReason;
import dev.xcs.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A guest made for a test, with its nodes, and its console read by this process. */
final class TestGuest implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    final int domid;
    private final SimHost host;
    private final Hypervisor hypervisor;
    private final ConsoleRing ring;
    private final int port;
    private final StringBuilder printed = new StringBuilder();
    private int searched;

    private TestGuest(SimHost host, String kernel, int vcpus, String cmdline) {
        this.host = host;
        this.hypervisor = host.hypervisor();
        UUID uuid = UUID.randomUUID();
        this.domid = hypervisor.domains().create(uuid, DomainType.PV, vcpus);
        BuiltDomain built = hypervisor
                .domains()
                .build(new BuildRequest(domid, DomainType.PV, 64, vcpus, kernel, List.of(), cmdline));
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            ForeignToolstack.publish(store, new ForeignDomain(domid, uuid, "guest-" + domid), built, 64);
        }
        this.ring = hypervisor.consoleRings().map(domid, built.consoleFrame());
        this.port = hypervisor.eventChannels().bind(domid, built.consolePort());
    }

    static TestGuest booted(SimHost host, String kernel, String cmdline) {
        return booted(host, kernel, 1, cmdline);
    }

    static TestGuest booted(SimHost host, String kernel, int vcpus, String cmdline) {
        TestGuest guest = new TestGuest(host, kernel, vcpus, cmdline);
        guest.hypervisor.domains().unpause(guest.domid);
        return guest;
    }

    static TestGuest up(SimHost host) {
        TestGuest guest = booted(host, "sim:linux", "");
        guest.untilPrinted("# ");
        return guest;
    }

    Hypervisor hypervisor() {
        return hypervisor;
    }

    DomainInfo info() {
        return hypervisor.domains().find(domid).orElseThrow();
    }

    void untilEnded(ShutdownReason reason) throws Exception {
        Await.until("the end of the guest", PATIENCE, () -> {
            drain();
            return info().shutdownReason() != null;
        });
        drain();
        assertThat(info().shutdownReason()).isEqualTo(reason);
    }

    TestGuest type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int sent = 0; sent < bytes.length; ) {
            sent += ring.write(bytes, sent, bytes.length - sent);
            hypervisor.eventChannels().notify(port);
        }
        return this;
    }

    /** Types a command and gives what it printed, its echo not included. */
    String answer(String command) {
        int from = printed.length();
        type(command + "\r");
        untilPrinted(command + "\r\n");
        untilPrinted("# ");
        String all = printed.substring(from);
        int start = all.indexOf(command + "\r\n") + command.length() + 2;
        return all.substring(start, Math.max(start, all.lastIndexOf("\r\n")));
    }

    /** Waits until the text is printed after what was waited for before. */
    TestGuest untilPrinted(String text) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int at = printed.indexOf(text, searched);
        while (at < 0) {
            drain();
            at = printed.indexOf(text, searched);
            if (at < 0) {
                assertThat(System.nanoTime())
                        .as("%s, but printed was: %s", text, printed)
                        .isLessThan(deadline);
                hypervisor.eventChannels().await(100);
            }
        }
        searched = at + text.length();
        return this;
    }

    /** Takes what is in the ring, as the daemon does; gives how many bytes that were. */
    int drain() {
        byte[] buffer = new byte[4096];
        int all = 0;
        for (int n = ring.read(buffer); n > 0; n = ring.read(buffer)) {
            printed.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            all += n;
            hypervisor.eventChannels().notify(port);
        }
        hypervisor.eventChannels().unmask(List.of(port));
        return all;
    }

    /** One look into the ring, however much is there; then the guest may go on. */
    int readOnce() {
        int taken = ring.read(new byte[4096]);
        hypervisor.eventChannels().notify(port);
        return taken;
    }

    String printed() {
        return printed.toString();
    }

    String read(String key) {
        return host.store().read(0, "/local/domain/" + domid + "/" + key).orElse("(none)");
    }

    void write(String key, String value) {
        host.store().write(0, "/local/domain/" + domid + "/" + key, value);
    }

    /** Without a trace, even if the test failed. */
    @Override
    public void close() {
        ring.close();
        hypervisor.eventChannels().unbind(port);
        if (hypervisor.domains().find(domid).isPresent()) {
            hypervisor.domains().destroy(domid);
        }
        host.store().remove(0, "/local/domain/" + domid);
        hypervisor.close();
    }
}

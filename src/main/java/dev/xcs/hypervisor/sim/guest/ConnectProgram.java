package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.IpPacket;
import dev.xcs.hypervisor.sim.net.Nic;
import dev.xcs.hypervisor.sim.net.Tcp;
import dev.xcs.hypervisor.sim.net.Udp;
import dev.xcs.model.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** nc: whether a port of TCP is open, or what one of UDP answers. */
final class ConnectProgram extends Probing {
    private static final int TRIES = 3;
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(700);

    private final IpAddress target;
    private final int port;
    private final @Nullable String text;
    private @Nullable String result;

    /** @param text what to say to a port of UDP; null for TCP */
    ConnectProgram(IpAddress target, int port, @Nullable String text) {
        super(TRIES, INTERVAL, INTERVAL);
        this.target = target;
        this.port = port;
        this.text = text;
    }

    @Override
    void begin(Guest guest) {
        IpHost host = guest.networks().host();
        host.serve(
                LookupProgram.PORT,
                (nic, packet, datagram) ->
                        finish(guest, new String(datagram.data(), StandardCharsets.ISO_8859_1) + "\n"));
        host.listen(new IpHost.Listener() {
            @Override
            public void received(Nic nic, IpPacket packet) {
                ConnectProgram.this.received(guest, packet);
            }
        });
    }

    private void received(Guest guest, IpPacket packet) {
        Tcp segment = Tcp.of(packet);
        String to = target + " port " + port;
        if (segment != null && segment.toPort() == LookupProgram.PORT && segment.fromPort() == port) {
            finish(
                    guest,
                    segment.has(Tcp.SYN)
                            ? "Connection to " + to + " [tcp] succeeded!\n"
                            : "nc: connect to " + to + " (tcp) failed: Connection refused\n");
        } else if (IpHost.targetOf(packet).filter(target::equals).isPresent()) {
            finish(guest, "nc: connect to " + to + " failed: Connection refused\n");
        }
    }

    private void finish(Guest guest, String line) {
        result = result == null ? line : result;
        enough(guest);
    }

    @Override
    void ask(Guest guest, int number) {
        IpHost host = guest.networks().host();
        String said = text;
        host.sourceFor(target).ifPresent(source -> {
            if (said == null) {
                host.send(new Tcp(LookupProgram.PORT, port, 1, 0, Tcp.SYN).from(source, target));
            } else {
                byte[] data = said.getBytes(StandardCharsets.ISO_8859_1);
                host.send(new Udp(LookupProgram.PORT, port, data).from(source, target));
            }
        });
    }

    @Override
    void end(Guest guest) {
        guest.networks().host().endService(LookupProgram.PORT);
        String line = result;
        guest.terminal()
                .print(line == null ? "nc: connect to " + target + " port " + port + " failed: timed out\n" : line);
    }
}

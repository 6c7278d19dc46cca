package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Icmp;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.IpPacket;
import dev.xcs.hypervisor.sim.net.Nic;
import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** ping: sends echoes and prints what comes back. */
final class PingProgram extends Probing {
    private final IpAddress target;
    private final int count;
    private final int bytes;
    private final int id = ThreadLocalRandom.current().nextInt(1 << 16);
    private final Set<Integer> answered = new HashSet<>();
    private int sent;

    /** @param bytes of data in each, at least 8 */
    PingProgram(IpAddress target, int count, int bytes, long intervalNanos, long patienceNanos) {
        super(count, intervalNanos, patienceNanos);
        this.target = target;
        this.count = count;
        this.bytes = bytes;
    }

    @Override
    void begin(Guest guest) {
        guest.terminal().print("PING " + target + " (" + target + "): " + bytes + " data bytes\n");
        guest.networks().host().listen(new IpHost.Listener() {
            @Override
            public void received(Nic nic, IpPacket packet) {
                PingProgram.this.received(guest, packet);
            }
        });
    }

    @Override
    void ask(Guest guest, int number) {
        IpHost host = guest.networks().host();
        byte[] data = ByteBuffer.allocate(bytes).putLong(System.nanoTime()).array();
        Icmp echo = Icmp.echo(target.isV4(), id, number, data);
        boolean under = host.sourceFor(target)
                .filter(source -> host.send(echo.from(source, target)))
                .isPresent();
        if (under) {
            sent++;
        } else {
            guest.terminal().print("ping: sendto: Network is unreachable\n");
            enough(guest);
        }
    }

    private void received(Guest guest, IpPacket packet) {
        Icmp message = Icmp.of(packet);
        if (message == null) {
            return;
        }
        if (message.isEchoReply(packet.isV4()) && message.id() == id) {
            if (answered.add(message.number()) && message.data().length == bytes) {
                long nanos = System.nanoTime() - ByteBuffer.wrap(message.data()).getLong();
                guest.terminal()
                        .print(String.format(
                                Locale.ROOT,
                                "%d bytes from %s: icmp_seq=%d ttl=%d time=%.3f ms\n",
                                bytes + 8,
                                packet.from(),
                                message.number(),
                                packet.hops(),
                                nanos / (double) TimeUnit.MILLISECONDS.toNanos(1)));
            }
            if (answered.size() == count) {
                enough(guest);
            }
        } else if (IpHost.targetOf(packet).filter(target::equals).isPresent()) {
            guest.terminal().print("From " + packet.from() + ": " + words(message, packet.isV4()) + "\n");
        }
    }

    private static String words(Icmp message, boolean v4) {
        if (message.type() == (v4 ? Icmp.TIME_EXCEEDED : Icmp.V6_TIME_EXCEEDED)) {
            return "Time to live exceeded";
        }
        boolean big = v4 ? message.code() == Icmp.TOO_BIG : message.type() == Icmp.V6_TOO_BIG;
        return big ? "Frag needed and DF set (mtu = " + message.rest() + ")" : "Destination Unreachable";
    }

    @Override
    void end(Guest guest) {
        int lost = sent == 0 ? 100 : 100 * (sent - answered.size()) / sent;
        guest.terminal()
                .print("\n--- " + target + " ping statistics ---\n" + sent + " packets transmitted, " + answered.size()
                        + " packets received, " + lost + "% packet loss\n");
    }
}

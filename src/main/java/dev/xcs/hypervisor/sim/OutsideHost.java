package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.Icmp;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.IpPacket;
import dev.xcs.hypervisor.sim.net.Nic;
import dev.xcs.hypervisor.sim.net.PacketPath;
import dev.xcs.hypervisor.sim.net.Tcp;
import dev.xcs.hypervisor.sim.net.Udp;
import dev.xcs.model.IpAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Another machine on the wire of the simulated dom0's uplink, {@value #ADDRESS}/{@value #PREFIX} in every VLAN, which knows of no way to
 * anywhere else. It answers ARP, echoes, and on port 7 of UDP and TCP, and from it tests can ask what is behind dom0. Thread-safe.
 */
public final class OutsideHost {
    public static final String ADDRESS = "192.0.2.1";
    public static final int PREFIX = 24;

    private static final HardwareAddress MAC = new HardwareAddress(0x5254_0000_0001L);
    private static final long ASK_AGAIN_MILLIS = 200;
    private static final int PROBE = 40000;
    private static final int MOST_MEMORIES = 1024;

    private final Map<Integer, Machine> byVlan = new HashMap<>();
    private final Set<IpAddress> seen = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<IpPacket> answers = new LinkedBlockingQueue<>(MOST_MEMORIES);
    private final Object wireLock;
    private final Consumer<byte[]> wire;

    /** What there is of it in one VLAN. */
    private final class Machine implements Nic, IpHost.Listener {
        private final IpHost host = new IpHost(PacketPath.NONE);
        private final int vlan;

        private Machine(int vlan) {
            this.vlan = vlan;
            host.add(this);
            host.add(this, new HostAddress(IpAddress.parse(ADDRESS), PREFIX));
            host.echo();
            host.listen(this);
            host.serve(PROBE, (nic, packet, datagram) -> received(nic, packet));
        }

        @Override
        public String name() {
            return "outside";
        }

        @Override
        public HardwareAddress mac() {
            return MAC;
        }

        @Override
        public int mtu() {
            return 1500;
        }

        @Override
        public boolean isUp() {
            return true;
        }

        @Override
        public void transmit(byte[] bytes) {
            Frame frame = Frame.parse(bytes);
            if (frame != null) {
                wire.accept(frame.withVlan(vlan).encode());
            }
        }

        @Override
        public void received(Nic nic, IpPacket packet) {
            answers.offer(packet);
        }
    }

    /**
     * Plugs it in.
     *
     * @param wireLock what is held whenever a frame is on the wire, in either direction
     * @param wire takes what is sent
     */
    OutsideHost(Object wireLock, Consumer<byte[]> wire) {
        this.wireLock = wireLock;
        this.wire = wire;
    }

    private Machine in(int vlan) {
        return byVlan.computeIfAbsent(vlan, Machine::new);
    }

    /** A frame comes by the wire, under its lock. */
    void receive(byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        if (frame == null) {
            return;
        }
        IpPacket packet = IpPacket.of(frame);
        if (packet != null && seen.size() < MOST_MEMORIES) {
            seen.add(packet.from());
        }
        Machine machine = in(frame.vlan());
        machine.host.receive(machine, frame.withVlan(Frame.UNTAGGED).encode());
    }

    /** Who has sent packets by the wire so far. */
    public Set<IpAddress> seen() {
        return Set.copyOf(seen);
    }

    /** Whether an echo comes back in time. */
    public boolean pings(IpAddress target, Duration patience) {
        Icmp echo = Icmp.echo(target.isV4(), PROBE, 1, new byte[0]);
        return probe(target, patience, source -> echo.from(source, target), packet -> {
                    Icmp reply = Icmp.of(packet);
                    return reply != null && reply.isEchoReply(target.isV4()) && reply.id() == PROBE ? "" : null;
                })
                .isPresent();
    }

    /** What a port of UDP answers; empty when nothing comes in time. */
    public Optional<String> ask(IpAddress target, int port, String text, Duration patience) {
        Udp question = new Udp(PROBE, port, text.getBytes(StandardCharsets.UTF_8));
        return probe(target, patience, source -> question.from(source, target), packet -> {
            Udp answer = Udp.of(packet);
            return answer == null || answer.fromPort() != port
                    ? null
                    : new String(answer.data(), StandardCharsets.UTF_8);
        });
    }

    /** Whether a port of TCP says in time that it is open. */
    public boolean connects(IpAddress target, int port, Duration patience) {
        Tcp wish = new Tcp(PROBE, port, 1, 0, Tcp.SYN);
        return probe(target, patience, source -> wish.from(source, target), packet -> {
                    Tcp answer = Tcp.of(packet);
                    return answer == null || answer.fromPort() != port ? null : String.valueOf(answer.has(Tcp.SYN));
                })
                .map(Boolean::parseBoolean)
                .orElse(false);
    }

    private synchronized Optional<String> probe(
            IpAddress target,
            Duration patience,
            Function<IpAddress, IpPacket> question,
            Function<IpPacket, @Nullable String> reading) {
        long deadline = System.nanoTime() + patience.toNanos();
        answers.clear();
        while (System.nanoTime() - deadline < 0) {
            synchronized (wireLock) {
                IpHost host = in(Frame.UNTAGGED).host;
                host.sourceFor(target).ifPresent(source -> host.send(question.apply(source)));
            }
            IpPacket answer = next();
            String read = answer == null || !answer.from().equals(target) ? null : reading.apply(answer);
            if (read != null) {
                return Optional.of(read);
            }
        }
        return Optional.empty();
    }

    private @Nullable IpPacket next() {
        try {
            return answers.poll(ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}

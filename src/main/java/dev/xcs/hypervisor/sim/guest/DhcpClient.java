package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Dhcp;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Udp;
import dev.xcs.model.IpAddress;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Asks for an address of one interface; whoever has it repeats the question until there is an answer. */
final class DhcpClient {
    private final NetFront nic;
    private final IpHost host;
    private final int transaction = ThreadLocalRandom.current().nextInt();
    private final Events events;
    private @Nullable Dhcp offer;

    /** What comes back. */
    interface Events {
        default void offered(IpAddress ip, IpAddress server) {}

        default void refused() {}

        void leased(Dhcp lease);
    }

    DhcpClient(NetFront nic, IpHost host, Events events) {
        this.nic = nic;
        this.host = host;
        this.events = events;
    }

    int transaction() {
        return transaction;
    }

    /** Asks what is due: for offers, or for the one that was made. */
    void ask() {
        Dhcp offered = offer;
        Dhcp question = Dhcp.asking(offered == null ? Dhcp.DISCOVER : Dhcp.REQUEST, transaction, nic.mac());
        if (offered != null) {
            question = question.with(Dhcp.WANTED, offered.yours())
                    .with(Dhcp.SERVER, offered.address(Dhcp.SERVER).orElse(Addresses.ANY_V4));
        }
        Udp datagram = new Udp(Udp.DHCP_CLIENT, Udp.DHCP_SERVER, question.encode());
        host.send(nic, HardwareAddress.BROADCAST, datagram.from(Addresses.ANY_V4, Addresses.BROADCAST));
    }

    void received(Dhcp message) {
        switch (message.type()) {
            case Dhcp.OFFER -> {
                if (offer == null) {
                    offer = message;
                    events.offered(message.yours(), message.address(Dhcp.SERVER).orElse(Addresses.ANY_V4));
                    ask();
                }
            }
            case Dhcp.ACK -> {
                if (offer != null) {
                    events.leased(message);
                }
            }
            case Dhcp.NAK -> {
                offer = null;
                events.refused();
            }
            default -> {}
        }
    }

    /** The address that a lease gives. */
    static HostAddress address(Dhcp lease) {
        int mask = lease.number(Dhcp.MASK, -1);
        return new HostAddress(lease.yours(), Integer.bitCount(mask));
    }
}

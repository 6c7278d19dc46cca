package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Dhcp;
import dev.xcs.model.GuestOs;
import dev.xcs.model.IpAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** udhcpc or dhcpcd: gets an address for an interface, or gives up. */
final class LeaseProgram extends Probing {
    private static final int TRIES = 3;
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final NetFront nic;
    private @Nullable DhcpClient client;
    private boolean leased;

    LeaseProgram(NetFront nic) {
        super(TRIES, INTERVAL, INTERVAL);
        this.nic = nic;
    }

    @Override
    void begin(Guest guest) {
        boolean netbsd = guest.flavour().os() == GuestOs.NETBSD;
        say(guest, netbsd ? nic.name() + ": soliciting a DHCP lease" : "udhcpc: broadcasting discover");
        client = guest.networks().client(nic, new DhcpClient.Events() {
            @Override
            public void offered(IpAddress ip, IpAddress server) {
                say(
                        guest,
                        netbsd
                                ? nic.name() + ": offered " + ip + " from " + server
                                : "udhcpc: broadcasting select for " + ip + ", server " + server);
            }

            @Override
            public void refused() {
                say(guest, netbsd ? nic.name() + ": NAK" : "udhcpc: received DHCP NAK");
            }

            @Override
            public void leased(Dhcp lease) {
                leased = true;
                guest.networks().use(nic, lease);
                int seconds = lease.number(Dhcp.LEASE_SECONDS, 0);
                IpAddress server = lease.address(Dhcp.SERVER).orElse(Addresses.ANY_V4);
                say(
                        guest,
                        netbsd
                                ? nic.name() + ": leased " + lease.yours() + " for " + seconds + " seconds"
                                : "udhcpc: lease of " + lease.yours() + " obtained from " + server + ", lease time "
                                        + seconds);
                enough(guest);
            }
        });
    }

    private static void say(Guest guest, String line) {
        guest.terminal().print(line + "\n");
    }

    @Override
    void ask(Guest guest, int number) {
        if (client != null) {
            client.ask();
        }
    }

    @Override
    void end(Guest guest) {
        if (client != null) {
            guest.networks().end(client);
        }
        if (!leased) {
            say(guest, guest.flavour().os() == GuestOs.NETBSD ? "timed out" : "udhcpc: no lease, failing");
        }
    }
}

package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Dns;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Udp;
import dev.xcs.model.IpAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** nslookup: asks a server for the addresses of a name. */
final class LookupProgram extends Probing {
    /** As a program has only one question under way, its port can be always the same. */
    static final int PORT = 49152;

    private static final int TRIES = 3;
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final IpAddress server;
    private final int id = ThreadLocalRandom.current().nextInt(1 << 16);
    private @Nullable Dns answer;

    LookupProgram(String name, IpAddress server) {
        super(TRIES, INTERVAL, INTERVAL);
        this.name = name;
        this.server = server;
    }

    @Override
    void begin(Guest guest) {
        guest.terminal().print("Server:\t\t" + server + "\nAddress:\t" + server + "#53\n\n");
        guest.networks().host().serve(PORT, (nic, packet, datagram) -> {
            Dns message = Dns.parse(datagram.data());
            if (message != null && message.answers() && message.id() == id) {
                answer = message;
                enough(guest);
            }
        });
    }

    @Override
    void ask(Guest guest, int number) {
        IpHost host = guest.networks().host();
        Udp question = new Udp(PORT, Udp.DNS, Dns.question(id, name, Dns.A).encode());
        host.sourceFor(server).ifPresent(source -> host.send(question.from(source, server)));
    }

    @Override
    void end(Guest guest) {
        guest.networks().host().endService(PORT);
        Dns found = answer;
        if (found == null) {
            guest.terminal().print(";; connection timed out; no servers could be reached\n");
        } else if (found.code() != 0) {
            guest.terminal().print("** server can't find " + name + ": NXDOMAIN\n");
        } else {
            found.addresses().forEach(ip -> guest.terminal().print("Name:\t" + name + "\nAddress: " + ip + "\n"));
        }
    }
}

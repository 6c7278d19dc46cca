package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Arp;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Nic;
import dev.xcs.model.IpAddress;
import java.util.concurrent.TimeUnit;

/** arping: asks on a link who has an address, and prints who says that he has. */
final class ArpingProgram extends Probing {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);

    private final NetFront nic;
    private final IpAddress target;
    private final int count;
    private int answers;

    ArpingProgram(NetFront nic, IpAddress target, int count) {
        super(count, INTERVAL, TimeUnit.SECONDS.toNanos(1));
        this.nic = nic;
        this.target = target;
        this.count = count;
    }

    @Override
    void begin(Guest guest) {
        guest.terminal().print("ARPING " + target + " on " + nic.name() + "\n");
        guest.networks().host().listen(new IpHost.Listener() {
            @Override
            public void heard(Nic on, Arp message) {
                if (on.equals(nic)
                        && message.operation() == Arp.REPLY
                        && message.senderIp().equals(target)) {
                    answers++;
                    guest.terminal().print("Unicast reply from " + target + " [" + message.sender() + "]\n");
                    if (answers >= count) {
                        enough(guest);
                    }
                }
            }
        });
    }

    @Override
    void ask(Guest guest, int number) {
        guest.networks().host().ask(nic, target);
    }

    @Override
    void end(Guest guest) {
        guest.terminal().print("Sent " + asked() + " probe(s), received " + answers + " replies\n");
    }
}

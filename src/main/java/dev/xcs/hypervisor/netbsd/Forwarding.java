package dev.xcs.hypervisor.netbsd;

import dev.xcs.platform.NetbsdNetwork;
import java.util.List;

/** Whether dom0 passes packets on; turned back when nobody needs it who had it turned. */
final class Forwarding {
    private static final String ENTRY = "forwarding";

    private final Commands commands;
    private final Ledger ledger;

    Forwarding(Commands commands, Ledger ledger) {
        this.commands = commands;
        this.ledger = ledger;
    }

    void set(boolean needed) {
        boolean on = commands.run(NetbsdNetwork.forwarding()).strip().equals("1");
        boolean turned = ledger.read(ENTRY).isPresent();
        if (needed && !on) {
            ledger.write(ENTRY, List.of("it was off"));
            commands.run(NetbsdNetwork.forwarding(true));
        } else if (!needed && turned) {
            commands.run(NetbsdNetwork.forwarding(false));
            ledger.remove(ENTRY);
        }
    }
}

package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import java.util.List;

/** What a guest can tell about a network interface of its own. */
record NetFacts(
        String name, HardwareAddress mac, boolean up, int mtu, List<HostAddress> addresses, NetCounters counters) {}

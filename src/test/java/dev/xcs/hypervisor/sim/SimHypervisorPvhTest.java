package dev.xcs.hypervisor.sim;

import dev.xcs.model.DomainType;

/** The contract on the simulated host, for PVH guests. */
class SimHypervisorPvhTest extends SimHypervisorTest {
    @Override
    protected DomainType type() {
        return DomainType.PVH;
    }
}

package dev.xcs.planted.gateway;

import dev.xcs.planted.hypervisor.Port;
import dev.xcs.planted.hypervisor.sim.SimPort;

public final class Chooser {
    Port choose() {
        return new SimPort();
    }
}

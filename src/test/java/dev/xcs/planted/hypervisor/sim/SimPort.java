package dev.xcs.planted.hypervisor.sim;

import dev.xcs.planted.hypervisor.Port;

public final class SimPort implements Port {}

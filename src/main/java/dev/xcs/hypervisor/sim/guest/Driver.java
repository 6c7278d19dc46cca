package dev.xcs.hypervisor.sim.guest;

/** A part of a simulated kernel that talks to dom0 through xenstore; started once xenstore is reachable. */
interface Driver {
    void start(Guest guest);
}

/** What travels on simulated networks, byte for byte, and what hosts and bridges do with it; for guests, dom0 and the outside alike. */
@NullMarked
package dev.xcs.hypervisor.sim.net;

import org.jspecify.annotations.NullMarked;

/** Simulated guests: kernels that boot, print, run a small shell and obey xenstore, as state machines without threads. */
@NullMarked
package dev.xcs.hypervisor.sim.guest;

import org.jspecify.annotations.NullMarked;

/** The simulated host: domains, event channels, console rings, xenstored and guests in one process. */
@NullMarked
package dev.xcs.hypervisor.sim;

import org.jspecify.annotations.NullMarked;

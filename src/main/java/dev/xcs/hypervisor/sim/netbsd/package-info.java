/** The simulated NetBSD dom0: its interfaces and its packet filter, and the programs by which they are seen and changed. */
@NullMarked
package dev.xcs.hypervisor.sim.netbsd;

import org.jspecify.annotations.NullMarked;

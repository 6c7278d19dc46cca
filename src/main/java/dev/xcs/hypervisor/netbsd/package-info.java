/** The network interfaces and disks of a NetBSD dom0, by the system's own commands, which {@code platform} words. */
@NullMarked
package dev.xcs.hypervisor.netbsd;

import org.jspecify.annotations.NullMarked;

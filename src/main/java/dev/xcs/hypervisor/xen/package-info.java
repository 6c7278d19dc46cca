/** The adapter for real Xen by JNA: library mappings, one layout table for each Xen version, no policy. */
@NullMarked
package dev.xcs.hypervisor.xen;

import org.jspecify.annotations.NullMarked;

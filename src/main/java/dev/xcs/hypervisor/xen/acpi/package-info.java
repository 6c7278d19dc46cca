/**
 * The ACPI tables of a PVH guest as bytes: what firmware would have left in memory. Written by the ACPI specification (6.4, chapter 5); which
 * hardware they tell of is what Xen emulates for such a guest: local APICs, and registers that nobody answers at.
 */
@NullMarked
package dev.xcs.hypervisor.xen.acpi;

import org.jspecify.annotations.NullMarked;

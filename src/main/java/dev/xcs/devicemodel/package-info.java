/** The device models of HVM guests: a QEMU for each, which plays the parts of a PC that Xen does not. */
@NullMarked
package dev.xcs.devicemodel;

import org.jspecify.annotations.NullMarked;

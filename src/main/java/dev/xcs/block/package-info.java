/** The block backend: what backs the disks of guests, their nodes and their handshake, at boot and while a guest runs. */
@NullMarked
package dev.xcs.block;

import org.jspecify.annotations.NullMarked;

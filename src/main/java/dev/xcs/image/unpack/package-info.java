/**
 * Compressed kernels as streams, with bounded memory whatever they claim. Where a library does that it is used; those for zstd keep windows of
 * 8 MiB at most, where kernels are packed with 128 MiB.
 */
@NullMarked
package dev.xcs.image.unpack;

import org.jspecify.annotations.NullMarked;

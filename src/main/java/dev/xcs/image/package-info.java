/**
 * What a guest is booted from: kernel images of every kind looked at, and ramdisks checked, before any native code sees them. Plain Java,
 * bounded in memory whatever a file claims; the small tool {@code xcs inspect} uses it too, without a daemon.
 */
@NullMarked
package dev.xcs.image;

import org.jspecify.annotations.NullMarked;

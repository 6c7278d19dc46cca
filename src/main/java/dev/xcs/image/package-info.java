/** What a guest is booted from: checks of kernel images and ramdisks before any native code sees them. Plain Java. */
@NullMarked
package dev.xcs.image;

import org.jspecify.annotations.NullMarked;

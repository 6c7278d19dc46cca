/**
 * What differs between systems that can be dom0: names, paths, scripts, disk labels, and the commands and files of NetBSD's network. Plain Java,
 * no access to anything.
 */
@NullMarked
package dev.xcs.platform;

import org.jspecify.annotations.NullMarked;

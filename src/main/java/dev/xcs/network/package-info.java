/** The back-end of network interfaces: networks of this host, and the vifs that guests have on them. */
@NullMarked
package dev.xcs.network;

import org.jspecify.annotations.NullMarked;

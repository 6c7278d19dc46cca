/** The xenstore wire protocol as bytes and back: plain Java, no sockets. */
@NullMarked
package dev.xcs.xenstore.wire;

import org.jspecify.annotations.NullMarked;

/** The asynchronous xenstore client: pipelined requests, transactions, watches that survive a reconnect. */
@NullMarked
package dev.xcs.xenstore;

import org.jspecify.annotations.NullMarked;

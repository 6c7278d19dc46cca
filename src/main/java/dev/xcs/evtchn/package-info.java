/** The event-channel poller: asks for ports that fired, tells their owners, unmasks what is handled. */
@NullMarked
package dev.xcs.evtchn;

import org.jspecify.annotations.NullMarked;

/** The mechanism of typed messages on the Vert.x event bus: one codec, one address type, one failure type. */
@NullMarked
package dev.xcs.bus;

import org.jspecify.annotations.NullMarked;

/** The control switch: numbers every control message, keeps it, delivers it to whoever bound it, and carries requests down. */
@NullMarked
package dev.xcs.control;

import org.jspecify.annotations.NullMarked;

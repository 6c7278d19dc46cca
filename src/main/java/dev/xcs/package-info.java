/** The daemon's entry point and the wiring of its verticles: the only package that sees all others. */
@NullMarked
package dev.xcs;

import org.jspecify.annotations.NullMarked;

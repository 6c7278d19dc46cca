/** The only reader of guests' console rings, and the history that feeds every viewer. */
@NullMarked
package dev.xcs.console;

import org.jspecify.annotations.NullMarked;

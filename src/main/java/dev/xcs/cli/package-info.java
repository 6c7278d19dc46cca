/**
 * The small tools: {@code xcs VERB}. They speak HTTP only, to a daemon that may be of another version; {@code inspect}
 * alone needs none, and looks at files of its own machine.
 */
@NullMarked
package dev.xcs.cli;

import org.jspecify.annotations.NullMarked;

/** The small tools: {@code xcs VERB}. They speak HTTP only, to a daemon that may be of another version. */
@NullMarked
package dev.xcs.cli;

import org.jspecify.annotations.NullMarked;

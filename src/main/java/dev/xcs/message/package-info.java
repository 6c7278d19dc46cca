/** The vocabulary of the daemon: one record for each thing that is said, with the address it is said at. */
@NullMarked
package dev.xcs.message;

import org.jspecify.annotations.NullMarked;

/** Durable state on disk: what must outlive the daemon. */
@NullMarked
package dev.xcs.journal;

import org.jspecify.annotations.NullMarked;

/** The daemon's configuration: records, defaults, and a reader that reports every error at once. */
@NullMarked
package dev.xcs.config;

import org.jspecify.annotations.NullMarked;

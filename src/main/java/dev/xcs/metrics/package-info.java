/** The management listener: health, readiness and Prometheus metrics. */
@NullMarked
package dev.xcs.metrics;

import org.jspecify.annotations.NullMarked;

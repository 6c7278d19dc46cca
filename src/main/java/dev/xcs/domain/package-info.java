/** The life of domains: create, pause, shut down, restart, destroy, one serial queue for each. */
@NullMarked
package dev.xcs.domain;

import org.jspecify.annotations.NullMarked;

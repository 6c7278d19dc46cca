/** Values that everything speaks of, as plain records: no Vert.x, no I/O. */
@NullMarked
package dev.xcs.model;

import org.jspecify.annotations.NullMarked;

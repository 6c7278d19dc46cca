@NullMarked
package dev.xcs.block;

import org.jspecify.annotations.NullMarked;

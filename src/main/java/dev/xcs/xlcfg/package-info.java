/** Configuration of xl and of its forerunner xm: their disks and vifs into values, and back. */
@NullMarked
package dev.xcs.xlcfg;

import org.jspecify.annotations.NullMarked;

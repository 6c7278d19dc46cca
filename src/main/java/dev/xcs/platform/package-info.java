/** What differs between the systems that dom0 may be: how they describe their disks. Plain Java, no access to anything. */
@NullMarked
package dev.xcs.platform;

import org.jspecify.annotations.NullMarked;

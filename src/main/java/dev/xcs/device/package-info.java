/** What the back-ends of block and network devices have in common: processes that outlive the daemon, and scripts of other people. */
@NullMarked
package dev.xcs.device;

import org.jspecify.annotations.NullMarked;

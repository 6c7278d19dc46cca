/** The ports to a hypervisor: what the daemon needs of Xen, in blocking calls, with two adapters behind. */
@NullMarked
package dev.xcs.hypervisor;

import org.jspecify.annotations.NullMarked;

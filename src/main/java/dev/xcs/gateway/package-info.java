/** The one native verticle: owner of every hypervisor handle and of the threads that block in them. */
@NullMarked
package dev.xcs.gateway;

import org.jspecify.annotations.NullMarked;

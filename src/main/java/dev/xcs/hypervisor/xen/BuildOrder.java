package dev.xcs.hypervisor.xen;

import dev.xcs.model.BuildRequest;
import org.jspecify.annotations.Nullable;

/**
 * A build, with what it needs to know of its kernel.
 *
 * @param kernel where the kernel is unpacked; absent when it is to be taken from its own file
 */
record BuildOrder(BuildRequest request, @Nullable UnpackedKernel kernel) {}

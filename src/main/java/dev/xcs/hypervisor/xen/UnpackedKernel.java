package dev.xcs.hypervisor.xen;

import java.nio.file.Path;

/**
 * An ELF in a file of the kernel cache, which nobody changes: it is replaced or removed as a whole.
 *
 * @param bytes the ELF's length, from the file's beginning
 * @param generation tells the files apart that were there under the same name, one after the other, while this daemon runs
 */
record UnpackedKernel(Path file, long bytes, int generation) {}

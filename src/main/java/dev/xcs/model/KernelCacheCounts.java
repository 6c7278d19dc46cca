package dev.xcs.model;

/**
 * The kernel cache in numbers, since the daemon started but for the first.
 *
 * @param bytes what all cached kernels take on the disk
 * @param hits how often a kernel was there
 * @param misses how often one had to be unpacked
 * @param damaged how many of these because its file was not whole
 */
public record KernelCacheCounts(long bytes, long hits, long misses, long damaged) {}

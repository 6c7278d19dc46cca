package dev.xcs.model;

import java.time.Instant;

/**
 * A kernel that is kept unpacked.
 *
 * @param key what it is called here: the identity of its file as it was unpacked
 * @param source the path that it was unpacked from; empty when that is not known
 * @param bytes what it takes on the disk
 * @param inUse whether something is being built with it
 */
public record CachedKernel(String key, String source, long bytes, Instant lastUsed, boolean inUse) {}

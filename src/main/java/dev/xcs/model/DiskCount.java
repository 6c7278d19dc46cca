package dev.xcs.model;

import java.util.UUID;

/** What went through one disk of a domain. */
public record DiskCount(UUID uuid, String vdev, long sizeBytes, DiskStatistics statistics) {}

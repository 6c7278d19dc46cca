package dev.xcs.model;

import java.util.UUID;

/** What went through one vif of a domain. */
public record VifCount(UUID uuid, int index, VifStatistics statistics) {}

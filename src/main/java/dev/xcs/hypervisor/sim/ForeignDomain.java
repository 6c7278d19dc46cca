package dev.xcs.hypervisor.sim;

import java.util.UUID;

/** A domain that another toolstack made. */
public record ForeignDomain(int domid, UUID uuid, String name) {}

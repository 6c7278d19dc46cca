package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import java.util.Set;

/** Networks that something was made for, and interfaces that have a guard, by name. */
public record HostNetworksListed(Set<String> networks, Set<String> guarded) implements BusMessage {}

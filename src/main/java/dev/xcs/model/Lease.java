package dev.xcs.model;

import org.jspecify.annotations.Nullable;

/**
 * The address that a guest gets by DHCP.
 *
 * @param name what it is called in DNS; null for nothing
 */
public record Lease(MacAddress mac, IpAddress ip, @Nullable String name) {}

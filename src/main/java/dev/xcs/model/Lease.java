package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The address that a guest gets by DHCP.
 *
 * @param name what it is called in DNS; absent for nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Lease(MacAddress mac, IpAddress ip, @Nullable String name) {}

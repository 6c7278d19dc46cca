package dev.xcs.model;

/**
 * What a build left for the toolstack to publish.
 *
 * @param storePort the guest's event-channel port of xenstore
 * @param storeFrame frame of the xenstore ring: a machine frame for PV, a guest frame for PVH
 * @param consolePort the guest's event-channel port of its console
 * @param consoleFrame frame of the console ring, as for storeFrame
 */
public record BuiltDomain(int storePort, long storeFrame, int consolePort, long consoleFrame) {}

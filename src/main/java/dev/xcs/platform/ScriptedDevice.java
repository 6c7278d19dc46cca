package dev.xcs.platform;

import java.nio.file.Path;

/**
 * A device that a hotplug script attaches.
 *
 * @param script the program
 * @param kind {@code vbd} or {@code vif}
 * @param backend the absolute path of its back-end in xenstore
 * @param interfaceName of a vif in dom0, empty for a disk
 * @param gatewayDev the interface that a vif is routed by, empty for none
 */
public record ScriptedDevice(Path script, String kind, String backend, String interfaceName, String gatewayDev) {}

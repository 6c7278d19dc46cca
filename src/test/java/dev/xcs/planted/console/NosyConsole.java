package dev.xcs.planted.console;

import dev.xcs.planted.domain.Deployer;
import dev.xcs.planted.hypervisor.Port;

public record NosyConsole(Deployer neighbour, Port port) {}

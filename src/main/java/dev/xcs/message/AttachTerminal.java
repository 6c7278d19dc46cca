package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/**
 * Asks native to open the pseudo terminal on which another tool shows a domain's console, instead of one that it has open for the domain already.
 *
 * @param path as that tool says it, see {@link dev.xcs.hypervisor.Terminals#attach}
 */
public record AttachTerminal(int domid, String path) implements BusMessage {
    public static final Address<AttachTerminal, Done> ADDRESS = new Address<>("xcs.native.terminal-attach");
}

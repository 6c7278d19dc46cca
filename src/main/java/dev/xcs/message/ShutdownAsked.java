package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/**
 * Tells that a guest was asked to end: control/shutdown was written. A guest may have emptied it before the watch on it can be followed up.
 *
 * @param word what was written, {@code poweroff} or {@code reboot}
 */
public record ShutdownAsked(int domid, String word) implements BusMessage {
    public static final Address<ShutdownAsked, BusMessage> ADDRESS = new Address<>("xcs.domain.shutdown-asked");
}

package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Asks to destroy a domain; pre-empts everything else that is under way for it; answered when it is gone, or by a problem of
 * type TIMEOUT within 30 s if it goes on for longer.
 */
public record DestroyDomain(UUID uuid) implements BusMessage {
    public static final Address<DestroyDomain, Done> ADDRESS = new Address<>("xcs.domain.destroy");
}

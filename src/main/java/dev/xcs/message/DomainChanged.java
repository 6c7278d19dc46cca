package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Domain;
import dev.xcs.model.ShutdownReason;
import org.jspecify.annotations.Nullable;

/** Published: a domain has come, changed its state or gone (gone: state dying or ended with its reason). */
public record DomainChanged(
        Domain domain, boolean gone, @Nullable ShutdownReason reason) implements BusMessage {
    public static final Address<DomainChanged, BusMessage> ADDRESS = new Address<>("xcs.domain.changed");
}

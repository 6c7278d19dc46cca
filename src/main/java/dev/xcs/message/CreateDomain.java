package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DomainSpec;

/**
 * Asks for a new domain; answered when it runs (or is paused, if that was asked).
 *
 * @param typeOpen whether nobody has said what type it is: then the best is chosen that kernel and host can do
 */
public record CreateDomain(DomainSpec spec, boolean typeOpen) implements BusMessage {
    public static final Address<CreateDomain, DomainShown> ADDRESS = new Address<>("xcs.domain.create");

    /** A domain of the type that its specification says. */
    public CreateDomain(DomainSpec spec) {
        this(spec, false);
    }
}

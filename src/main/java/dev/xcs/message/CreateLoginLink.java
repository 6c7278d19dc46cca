package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks for a link that logs one browser in, once. */
public record CreateLoginLink() implements BusMessage {
    public static final Address<CreateLoginLink, LoginLink> ADDRESS = new Address<>("xcs.api.create-login-link");
}

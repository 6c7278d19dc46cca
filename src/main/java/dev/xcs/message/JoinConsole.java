package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody wants to look at a domain's console.
 *
 * @param name how the others are to see the viewer; null for its login's name and a number
 * @param login who it is
 * @param viewOnly whether it may never write
 * @param foreign the domid if another tool made the domain, otherwise null: its console is opened for those who look
 */
public record JoinConsole(
        UUID uuid,
        @Nullable String name,
        String login,
        boolean viewOnly,
        @Nullable Integer foreign) implements BusMessage {
    public static final Address<JoinConsole, ConsoleJoined> ADDRESS = new Address<>("xcs.console.join");
}

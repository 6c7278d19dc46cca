package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.ConsoleWatcher;
import java.util.List;
import java.util.UUID;

/** Published at {@code ADDRESS.at(uuid)}: others look at a console than before. */
public record ConsoleWatched(UUID uuid, List<ConsoleWatcher> viewers) implements BusMessage {
    public static final Address<ConsoleWatched, BusMessage> ADDRESS = new Address<>("xcs.console.watched");

    public ConsoleWatched {
        viewers = List.copyOf(viewers);
    }
}

package dev.xcs.model;

import java.util.List;

/**
 * How a domain's console stands.
 *
 * @param domid of the boot whose ring is read, -1 when there is none
 * @param first the oldest offset that is kept; {@code next} when nothing is
 * @param next the offset that the next byte will have
 * @param boot the number of the newest boot, 0 when there was none yet
 * @param boots those of which bytes are kept, oldest first, and the newest
 * @param kept whether what is printed is kept now; not while the disk is full
 * @param shared whether another tool reads this console and so takes bytes away
 */
public record ConsoleState(
        int domid,
        long first,
        long next,
        int boot,
        List<ConsoleBoot> boots,
        List<ConsoleWatcher> viewers,
        ConsoleLease lease,
        boolean kept,
        boolean shared) {
    public ConsoleState {
        boots = List.copyOf(boots);
        viewers = List.copyOf(viewers);
    }
}

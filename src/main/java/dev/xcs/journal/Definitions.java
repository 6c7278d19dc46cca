package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * The definitions of all managed domains: {@code domains/<uuid>.json} in the state directory, mode 0600, replaced atomically. All
 * methods block; calls for different domains may be made at once, those for one domain one after the other. Failures are
 * {@link dev.xcs.model.ProblemException}s of type INTERNAL that name the file.
 */
public final class Definitions {
    private final RecordDirectory<Definition> records;

    /** @param stateDir made, with the directory in it, by the first call that needs it */
    public Definitions(Path stateDir, ObjectMapper json) {
        this.records =
                new RecordDirectory<>(stateDir.resolve("domains"), Definition.class, json, Definitions::isComplete);
    }

    /** Every definition that can be read; a file that cannot is set aside as {@code *.corrupt}. */
    public List<Definition> load() {
        return records.load();
    }

    /**
     * Returns when the definition is safe from the end of this process; one of a domain without a running boot also from the end of the
     * host. The host's end takes running guests with it, and what is left of their definitions is dropped at the next start: that need not
     * wait for the disk.
     */
    public void save(Definition definition) {
        records.save(definition.uuid().toString(), definition, definition.outlivesTheHost());
    }

    /** Returns when the definition is off the disk; quietly does nothing when there is none. */
    public void remove(UUID uuid) {
        records.remove(uuid.toString());
    }

    private static boolean isComplete(String name, Definition definition) {
        return definition.phase() != null
                && definition.spec() != null
                && definition.uuid() != null
                && definition.spec().name() != null
                && definition.spec().type() != null
                && definition.spec().kernel() != null
                && definition.spec().onPoweroff() != null
                && definition.spec().onReboot() != null
                && definition.spec().onCrash() != null
                && name.equals(definition.uuid().toString());
    }
}

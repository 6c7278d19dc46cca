package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.ConsoleShare;
import java.nio.file.Path;
import java.util.List;

/** The links to consoles that were given out: {@code shares/<id>.json} in the state directory, kept as {@link Definitions} are. All methods block. */
public final class ConsoleShares {
    private final RecordDirectory<ConsoleShare> records;

    /** @param stateDir made, with the directory in it, by the first call that needs it */
    public ConsoleShares(Path stateDir, ObjectMapper json) {
        this.records = new RecordDirectory<>(
                stateDir.resolve("shares"), ConsoleShare.class, json, (name, share) -> name.equals(share.id()));
    }

    public List<ConsoleShare> load() {
        return records.load();
    }

    /** Returns when it is safe from the end of the host: what was used up or revoked stays so. */
    public void save(ConsoleShare share) {
        records.save(share.id(), share, true);
    }

    public void remove(String id) {
        records.remove(id);
    }
}

package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.NetworkSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * The networks that were asked for over the API: {@code networks/<name>.json} in the state directory, kept as {@link Definitions} are. All methods
 * block.
 */
public final class NetworkDefinitions {
    private final RecordDirectory<NetworkSpec> records;

    /** @param stateDir made, with the directory in it, by the first call that needs it */
    public NetworkDefinitions(Path stateDir, ObjectMapper json) {
        this.records = new RecordDirectory<>(
                stateDir.resolve("networks"), NetworkSpec.class, json, (name, spec) -> name.equals(spec.name()));
    }

    public List<NetworkSpec> load() {
        return records.load();
    }

    /** Returns when it is safe from the end of the host. */
    public void save(NetworkSpec network) {
        records.save(network.name(), network, true);
    }

    public void remove(String name) {
        records.remove(name);
    }
}

package dev.xcs.domain;

import static dev.xcs.xenstore.Change.permit;
import static dev.xcs.xenstore.Change.remove;
import static dev.xcs.xenstore.Change.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainSpec;
import dev.xcs.xenstore.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NodeTreeTest {
    private static final UUID ID = UUID.fromString("6c1f6a4e-5a0f-4f5e-9a35-0d7c0a1b2c3d");
    private static final String VM = "/vm/6c1f6a4e-5a0f-4f5e-9a35-0d7c0a1b2c3d";

    @Test
    void writesTheWholeDomainInThisOrder() {
        DomainSpec spec = Specs.with(Specs.sized(Specs.pv("any"), 128, 2), ID, "web1");
        assertThat(all(spec, new BuiltDomain(1, 4711, 2, 4712)))
                .containsExactly(
                        remove("/local/domain/7"),
                        remove("/libxl/7"),
                        write("/local/domain/7/data", ""),
                        permit("/local/domain/7", "n0", "r7"),
                        permit("/local/domain/7/data", "n7"),
                        write("/local/domain/7/name", "web1"),
                        write("/local/domain/7/vm", VM),
                        write("/local/domain/7/domid", 7),
                        write(VM + "/uuid", ID),
                        write(VM + "/name", "web1"),
                        write("/libxl/7/type", "pv"),
                        write("/local/domain/7/memory/static-max", 131072),
                        write("/local/domain/7/memory/target", 131072),
                        write("/local/domain/7/cpu/0/availability", "online"),
                        write("/local/domain/7/cpu/1/availability", "online"),
                        write("/local/domain/7/control/platform-feature-xs_reset_watches", 1),
                        permit("/local/domain/7/control", "n7"),
                        write("/local/domain/7/console/type", "xcsd"),
                        write("/local/domain/7/device", ""),
                        write("/local/domain/7/console/port", 2),
                        write("/local/domain/7/console/ring-ref", 4712));
    }

    @Test
    void removesBackendsFirstAndThenAllItHasWritten() {
        List<Change> removal = NodeTree.removal(ID, 7, List.of("console", "vbd"));
        assertThat(removal)
                .containsExactly(
                        remove("/local/domain/0/backend/console/7"),
                        remove("/local/domain/0/backend/vbd/7"),
                        remove("/local/domain/7"),
                        remove("/local/domain/0/device-model/7"),
                        remove(VM),
                        remove("/libxl/7"));
        DomainSpec spec = Specs.with(Specs.pv("any"), ID, "web1");
        assertThat(all(spec, new BuiltDomain(1, 2, 3, 4)))
                .allMatch(made -> removal.stream()
                        .anyMatch(gone ->
                                made.path().equals(gone.path()) || made.path().startsWith(gone.path() + "/")));
    }

    private static List<Change> all(DomainSpec spec, BuiltDomain built) {
        List<Change> all = new ArrayList<>(NodeTree.early(spec, 7));
        all.addAll(NodeTree.late(7, built));
        return all;
    }
}

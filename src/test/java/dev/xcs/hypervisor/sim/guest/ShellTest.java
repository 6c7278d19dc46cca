package dev.xcs.hypervisor.sim.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShellTest {
    @Test
    void splitsCommandsAndWords() {
        assertThat(Shell.parse(" echo  a\tb ; ls;;")).containsExactly(List.of("echo", "a", "b"), List.of("ls"));
        assertThat(Shell.parse("")).isEmpty();
    }

    @Test
    void joinsWhatIsQuoted() {
        assertThat(Shell.parse("echo M'K'1 '' \"a;'b\"")).containsExactly(List.of("echo", "MK1", "", "a;'b"));
    }

    @Property(tries = 300)
    void readsAnyLine(@ForAll String line) {
        assertThat(Shell.parse(line)).noneMatch(List::isEmpty);
    }
}

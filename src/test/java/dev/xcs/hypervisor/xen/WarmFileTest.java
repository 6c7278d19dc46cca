package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmFileTest {
    private final List<String> closed = new ArrayList<>();
    private final WarmFile warm = new WarmFile(null);

    private NativeBytes bytes(String name) {
        return NativeBytes.of(name, Pointer.NULL, 1, () -> closed.add(name));
    }

    @Test
    void keepsTheLastUntilAnotherComesAndNobodyUsesIt() {
        NativeBytes first = warm.keep("a", bytes("a"));
        NativeBytes again = warm.find("a");
        first.close();
        assertThat(closed).isEmpty();

        NativeBytes second = warm.keep("b", bytes("b"));
        assertThat(warm.find("a")).isNull();
        assertThat(closed).isEmpty();
        again.close();
        assertThat(closed).containsExactly("a");

        second.close();
        assertThat(closed).containsExactly("a");
        warm.close();
        assertThat(closed).containsExactly("a", "b");
    }

    @Test
    void closesAtOnceWhatNobodyUses() {
        warm.keep("a", bytes("a")).close();
        warm.keep("b", bytes("b"));
        assertThat(closed).containsExactly("a");
        assertThat(warm.find(new UnpackedKernel(Path.of("/b"), 1, 1))).isNull();
    }
}

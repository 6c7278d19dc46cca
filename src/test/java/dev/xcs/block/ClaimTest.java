package dev.xcs.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.Extent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final Extent DISK = Extent.whole("disk 8:0");
    private static final Extent FIRST = new Extent("disk 8:0", 1 << 20, 1 << 20);
    private static final Extent SECOND = new Extent("disk 8:0", 2 << 20, 1 << 20);

    private static Claim claim(boolean writes, Extent... extents) {
        return new Claim("somebody", List.of(extents), writes);
    }

    @Test
    void aDiskConflictsWithItsPartitionsAndTheyNotWithEachOther() {
        assertThat(claim(true, DISK).conflicts(claim(true, FIRST))).isTrue();
        assertThat(claim(false, SECOND).conflicts(claim(true, DISK))).isTrue();
        assertThat(claim(true, FIRST).conflicts(claim(true, SECOND))).isFalse();
    }

    @Test
    void readersShareAndWritersDoNot() {
        assertThat(claim(false, FIRST).conflicts(claim(false, FIRST))).isFalse();
        assertThat(claim(false, FIRST).conflicts(claim(true, FIRST))).isTrue();
        assertThat(claim(true, FIRST).conflicts(claim(true, FIRST))).isTrue();
    }

    @Test
    void oneFileIsNotAnother() {
        Extent file = Extent.whole("file 8:1 12");
        assertThat(claim(true, file).conflicts(claim(true, Extent.whole("file 8:1 13"))))
                .isFalse();
        assertThat(claim(true, Extent.whole("disk 7:0"), file).conflicts(claim(false, file)))
                .isTrue();
    }
}

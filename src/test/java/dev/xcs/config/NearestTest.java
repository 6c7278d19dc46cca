package dev.xcs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;

class NearestTest {
    @Property
    void measuresADistanceThatIsSymmetricAndZeroOnlyForTheSameWord(
            @ForAll @AlphaChars @StringLength(max = 12) String a,
            @ForAll @AlphaChars @StringLength(max = 12) String b) {
        assertThat(Nearest.distance(a, b)).isEqualTo(Nearest.distance(b, a));
        assertThat(Nearest.distance(a, b) == 0).isEqualTo(a.equals(b));
        assertThat(Nearest.distance(a, b))
                .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
    }

    @Property
    void proposesNothingFarAway(@ForAll @AlphaChars @StringLength(min = 1, max = 3) String word) {
        assertThat(Nearest.hint(word, List.of("kernel-cache.directory"))).isEmpty();
    }
}

package dev.xcs.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class QuantityTest {
    @Property
    void readsEveryNumberWithItsUnit(@ForAll @IntRange(min = 0) int n) {
        assertThat(Quantity.size(n + "")).contains((long) n);
        assertThat(Quantity.size(n + "B")).contains((long) n);
        assertThat(Quantity.size(n + "KiB")).contains(n * 1024L);
        assertThat(Quantity.size(n + "GiB")).contains(n * (1L << 30));
        assertThat(Quantity.duration(n + "ms")).contains(Duration.ofMillis(n));
        assertThat(Quantity.duration(n + "h")).contains(Duration.ofHours(n));
    }

    @Property
    void neverThrows(@ForAll String text) {
        assertThat(Quantity.size(text))
                .satisfiesAnyOf(
                        size -> assertThat(size).isEmpty(),
                        size -> assertThat(size.orElseThrow()).isNotNegative());
        assertThat(Quantity.duration(text)).isNotNull();
    }
}

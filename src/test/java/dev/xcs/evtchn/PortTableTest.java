package dev.xcs.evtchn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PortTableTest {
    private final PortTable ports = new PortTable();

    @Test
    void keepsAnEventThatOvertakesTheAnswerToItsBind() {
        ports.bindBegins();

        assertThat(ports.keptAsEarly(4)).isTrue();
        assertThat(ports.bound(new Binding(1, 4, "me"))).isTrue();
        assertThat(ports.bindEnded()).isEmpty();
    }

    @Test
    void givesUpEarlyEventsWhenNoBindIsLeftThatCouldClaimThem() {
        ports.bindBegins();
        ports.bindBegins();
        assertThat(ports.keptAsEarly(4)).isTrue();

        assertThat(ports.bindEnded()).isEmpty();
        assertThat(ports.bindEnded()).containsExactly(4);
        assertThat(ports.keptAsEarly(4)).isFalse();
    }

    @Test
    void doesNotTakeTheNewHolderOfANumberForTheOld() {
        Binding old = new Binding(1, 4, "old");
        Binding later = new Binding(2, 4, "later");
        ports.bound(old);
        ports.bound(later);

        ports.remove(old);

        assertThat(ports.holds(old)).isFalse();
        assertThat(ports.find(4)).isSameAs(later);
    }

    @Test
    void reportsAnUnknownPortOnceAndAgainAfterItWasBound() {
        assertThat(ports.firstUnknown(9)).isTrue();
        assertThat(ports.firstUnknown(9)).isFalse();
        ports.bound(new Binding(1, 9, "me"));
        assertThat(ports.firstUnknown(9)).isTrue();
    }

    @Test
    void asksAnOwnerOnceAtATimeAndAgainIfSomethingMayBeLost() {
        Binding binding = new Binding(1, 4, "me");

        assertThat(binding.raise()).isTrue();
        assertThat(binding.raise()).isFalse();
        assertThat(binding.raiseSurely()).isFalse();
        assertThat(binding.answered()).isEqualTo(Binding.Next.ASK);
        assertThat(binding.raise()).isTrue();
        assertThat(binding.answered()).isEqualTo(Binding.Next.UNMASK);
        assertThat(binding.raiseSurely()).isTrue();
        binding.forget();
        assertThat(binding.answered()).isEqualTo(Binding.Next.NOTHING);
        assertThat(binding.raise()).isFalse();
    }
}

package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.domain.Reconciler.Diff;
import dev.xcs.domain.Reconciler.Known;
import dev.xcs.model.DomainInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReconcilerTest {
    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(2, 2);

    @Test
    void tellsSeenMissingAndStrange() {
        Diff diff = compare(
                List.of(mine(A, 1, 0), mine(new UUID(3, 3), 3, 0)), List.of(Specs.info(1, A), Specs.info(2, B)));
        assertThat(diff.seen()).containsOnlyKeys(A);
        assertThat(diff.missing()).containsExactly(new UUID(3, 3));
        assertThat(diff.strangers()).containsOnlyKeys(B);
    }

    @Test
    void missesWhatHasAnotherHandleUnderItsDomid() {
        Diff diff = compare(List.of(mine(A, 1, 0)), List.of(Specs.info(1, B)));
        assertThat(diff.missing()).containsExactly(A);
        assertThat(diff.strangers()).containsOnlyKeys(B);
    }

    @Test
    void doesNotMissWhatWasMadeAfterTheListWasAsked() {
        Diff diff = compare(List.of(mine(A, 1, 11)), List.of());
        assertThat(diff.missing()).isEmpty();
    }

    @Test
    void doesNotMeetAgainWhatWasSeenOffAfterTheListWasAsked() {
        Snapshot snapshot = new Snapshot(10, List.of(Specs.info(1, A)));
        assertThat(Reconciler.compare(List.of(), Map.of(1, 11L), snapshot).strangers())
                .isEmpty();
        assertThat(Reconciler.compare(List.of(), Map.of(1, 9L), snapshot).strangers())
                .containsOnlyKeys(A);
    }

    @Test
    void leavesABootOfItsOwnThatIsBeingMadeAlone() {
        Diff diff = compare(List.of(mine(A, -1, 0)), List.of(Specs.info(4, A)));
        assertThat(diff.strangers()).isEmpty();
        assertThat(diff.missing()).isEmpty();
        assertThat(diff.seen()).isEmpty();
    }

    @Test
    void followsAForeignDomainToItsNewDomid() {
        Known old = new Known(A, 1, 0, false, false);
        Diff gone = compare(List.of(old), List.of(Specs.info(2, A)));
        assertThat(gone.reborn().get(A).domid()).isEqualTo(2);
        assertThat(gone.missing()).isEmpty();
        Known dying = new Known(A, 1, 0, false, true);
        Diff held = compare(List.of(dying), List.of(Specs.info(1, A, true, null), Specs.info(2, A)));
        assertThat(held.reborn().get(A).domid()).isEqualTo(2);
    }

    @Property
    void putsEveryDomainInAtMostOneClass(
            @ForAll @Size(max = 8) Set<@IntRange(max = 9) Integer> known,
            @ForAll @Size(max = 8) Set<@IntRange(max = 9) Integer> listed,
            @ForAll boolean managed) {
        List<Known> knowns = known.stream()
                .map(domid -> new Known(new UUID(7, domid), domid, 0, managed, false))
                .toList();
        List<DomainInfo> infos = listed.stream()
                .map(domid -> Specs.info(domid, new UUID(7, domid)))
                .toList();
        Diff diff = compare(knowns, infos);
        for (int domid = 0; domid < 10; domid++) {
            UUID uuid = new UUID(7, domid);
            boolean isKnown = known.contains(domid);
            boolean isListed = listed.contains(domid);
            assertThat(diff.seen().containsKey(uuid)).isEqualTo(isKnown && isListed);
            assertThat(diff.missing().contains(uuid)).isEqualTo(isKnown && !isListed);
            assertThat(diff.strangers().containsKey(uuid)).isEqualTo(!isKnown && isListed);
        }
        assertThat(diff.reborn()).isEmpty();
    }

    private static Known mine(UUID uuid, int domid, long boundAt) {
        return new Known(uuid, domid, boundAt, true, false);
    }

    private static Diff compare(List<Known> known, List<DomainInfo> domains) {
        return Reconciler.compare(known, Map.of(), new Snapshot(10, domains));
    }
}

package dev.xcs.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.Binding;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.ControlType;
import dev.xcs.model.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private static final UUID DOMAIN = UUID.randomUUID();
    private static final Binding SHUTDOWNS = new Binding(DOMAIN, ControlType.SHUTDOWN);

    private long now = 1_000_000;
    private final SessionTable table = new SessionTable(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }
    });

    @Test
    void idsAreLongAndNeverTheSame() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < SessionTable.MAX_SESSIONS; i++) {
            ids.add(table.open("tool", 10, 0).id());
        }
        assertThat(ids).hasSize(SessionTable.MAX_SESSIONS).allMatch(id -> id.length() == 43);
    }

    @Test
    void whoIsFurthestBehindIsMeasuredFromWhereItGoesOn() {
        assertThat(table.furthestBehind(100)).isZero();
        Session reading = table.open("reading", 10, 90);
        Session away = table.open("away", 10, 95);
        reading.attach("stream", 90);
        assertThat(table.furthestBehind(100)).isEqualTo(9);
        reading.sentUpTo(99);
        assertThat(table.furthestBehind(100)).isEqualTo(4);
        away.attach("other", 99);
        assertThat(table.furthestBehind(100)).isZero();
        // It has acknowledged nothing of what it was sent.
        table.detach(reading.id(), "stream");
        assertThat(table.furthestBehind(100)).isEqualTo(9);
    }

    @Test
    void refusesOneSessionTooMany() {
        for (int i = 0; i < SessionTable.MAX_SESSIONS; i++) {
            table.open("tool", 10, 0);
        }
        assertThatThrownBy(() -> table.open("tool", 10, 0)).isInstanceOf(ProblemException.class);
        now += 10_001;
        assertThat(table.open("tool", 10, 0).name()).isEqualTo("tool");
    }

    @Test
    void keepsASessionForItsGraceTimeAndNoLonger() {
        Session session = table.open("tool", 10, 0);
        session.attach("stream", -1);
        now += 3_600_000;
        assertThat(table.get(session.id())).isSameAs(session);
        table.detach(session.id(), "stream");
        now += 10_000;
        assertThat(table.get(session.id())).isSameAs(session);
        now += 1;
        assertThatThrownBy(() -> table.get(session.id())).hasMessageContaining("grace");
    }

    @Test
    void aDisplacedStreamDoesNotDetachTheOneThatDisplacedIt() {
        Session session = table.open("tool", 0, 0);
        session.attach("old", -1);
        session.attach("new", -1);
        table.detach(session.id(), "old");
        now += 1000;
        assertThat(table.get(session.id()).isReadBy("new")).isTrue();
    }

    @Test
    void wantsAMessageOnlyAfterItsBindingWasMade() {
        Session session = table.open("tool", 10, 0);
        table.bind(session, SHUTDOWNS, 5);
        assertThat(session.wants(message(5))).isFalse();
        assertThat(session.wants(message(6))).isTrue();
        assertThat(session.unbind(SHUTDOWNS)).isTrue();
        assertThat(session.wants(message(6))).isFalse();
    }

    @Test
    void aNewStreamReadsOnAfterWhatWasAcknowledged() {
        Session session = table.open("tool", 10, 100);
        session.attach("a", -1);
        session.sentUpTo(150);
        session.acknowledge(120);
        session.acknowledge(9999);
        assertThat(session.view().acknowledged()).isEqualTo(150);
        session.attach("b", -1);
        assertThat(session.sent()).isEqualTo(150);
    }

    @Test
    void whatWasSentButNotAcknowledgedIsSentAgain() {
        Session session = table.open("tool", 10, 100);
        session.attach("a", -1);
        session.sentUpTo(150);
        session.acknowledge(120);
        session.attach("b", -1);
        assertThat(session.sent()).isEqualTo(120);
    }

    @Test
    void aLockKeepsOthersOutUntilItIsGivenBackOrItsHolderIsGone() {
        Session holder = table.open("holder", 10, 0);
        Session other = table.open("other", 3600, 0);
        table.lock(holder, SHUTDOWNS);
        table.lock(holder, SHUTDOWNS);
        table.refuseWhenLocked(holder.id(), DOMAIN, ControlType.SHUTDOWN);
        table.refuseWhenLocked(other.id(), DOMAIN, ControlType.MEM_REQUEST);
        assertThatThrownBy(() -> table.refuseWhenLocked(other.id(), DOMAIN, ControlType.SHUTDOWN))
                .hasMessageContaining("\"holder\"");
        assertThatThrownBy(() -> table.refuseWhenLocked(null, DOMAIN, ControlType.SHUTDOWN))
                .isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> table.lock(other, SHUTDOWNS)).hasMessageContaining("\"holder\"");
        now += 10_001;
        table.lock(other, SHUTDOWNS);
    }

    @Test
    void aLockNamesOneDomainAndOneType() {
        Session session = table.open("tool", 10, 0);
        assertThatThrownBy(() -> table.lock(session, new Binding(DOMAIN, null))).hasMessageContaining("no wildcard");
        assertThatThrownBy(() -> table.lock(session, Binding.ALL)).hasMessageContaining("no wildcard");
    }

    @Test
    void refusesNamesAndGraceTimesThatAreNone() {
        assertThatThrownBy(() -> table.open("", 10, 0)).hasMessageContaining("name");
        assertThatThrownBy(() -> table.open("a\nb", 10, 0)).hasMessageContaining("\\u000a");
        assertThatThrownBy(() -> table.open("a", -1, 0)).hasMessageContaining("graceSeconds");
        assertThatThrownBy(() -> table.open("a", 3601, 0)).hasMessageContaining("3600");
    }

    private static ControlMessage message(long sequence) {
        return ControlMessage.about(DOMAIN, 1, ControlSubtype.SHUTDOWN_POWEROFF, new ControlPayload.Empty())
                .withSequence(sequence);
    }
}

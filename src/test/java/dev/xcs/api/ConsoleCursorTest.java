package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ConsoleCursorTest {
    /** Bytes that are offered, with the offset of the first. */
    record Piece(long offset, int length) {}

    @Provide
    Arbitrary<List<Piece>> pieces() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 200),
                        Arbitraries.integers().between(0, 60))
                .as(Piece::new)
                .list()
                .ofMaxSize(30);
    }

    /** Whatever is offered in whatever order: every offset is either sent or told as lost, once and in order. */
    @Property(tries = 500)
    void accountsForEveryByteOnce(@ForAll("pieces") List<Piece> pieces) {
        ConsoleCursor cursor = new ConsoleCursor(10);
        long accounted = 10;
        for (Piece piece : pieces) {
            ConsoleCursor.Step step = cursor.take(piece.offset(), piece.length());
            if (step.hasGap()) {
                assertThat(step.gapStart()).isEqualTo(accounted);
                accounted = step.gapEnd();
            }
            int sent = piece.length() - step.skip();
            assertThat(sent).isGreaterThanOrEqualTo(0);
            if (sent > 0) {
                assertThat(piece.offset() + step.skip()).isEqualTo(accounted);
                accounted += sent;
            }
            assertThat(cursor.next()).isEqualTo(accounted);
            assertThat(cursor.isBehind()).isFalse();
        }
    }

    @Example
    void knowsThatItIsBehind() {
        ConsoleCursor cursor = new ConsoleCursor(0);
        cursor.printed(50);

        assertThat(cursor.isBehind()).isTrue();
        assertThat(cursor.isAt(0)).isTrue();
        assertThat(cursor.isAt(1)).isFalse();
        cursor.take(20, 10);
        assertThat(cursor.next()).isEqualTo(30);
        assertThat(cursor.skipToEnd()).isEqualTo(new ConsoleCursor.Step(30, 50, 0));
        assertThat(cursor.isBehind()).isFalse();
    }
}

package dev.xcs.xenstore.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class FrameDecoderTest {
    private static final int MAX = 4096;

    @Property
    void givesTheSameFramesHoweverTheStreamIsCut(
            @ForAll("frames") List<Frame> frames, @ForAll @Size(max = 40) List<Integer> cuts) {
        byte[] stream = stream(frames);
        List<Frame> decoded = new ArrayList<>();
        FrameDecoder decoder = new FrameDecoder(MAX, decoded::add);

        int fed = 0;
        for (int cut : cuts) {
            int length = Math.floorMod(cut, stream.length - fed + 1);
            decoder.feed(stream, fed, length);
            fed += length;
        }
        decoder.feed(stream, fed, stream.length - fed);

        assertThat(decoded).isEqualTo(frames);
    }

    @Property
    void givesTheSameFramesByteByByte(@ForAll("frames") List<Frame> frames) {
        byte[] stream = stream(frames);
        List<Frame> decoded = new ArrayList<>();
        FrameDecoder decoder = new FrameDecoder(MAX, decoded::add);

        for (int i = 0; i < stream.length; i++) {
            decoder.feed(stream, i, 1);
        }

        assertThat(decoded).isEqualTo(frames);
    }

    @Property
    void eitherUnderstandsGarbageOrRefusesItButInventsNothing(@ForAll @Size(max = 10_000) byte[] garbage) {
        List<Frame> decoded = new ArrayList<>();
        try {
            new FrameDecoder(MAX, decoded::add).feed(garbage, 0, garbage.length);
        } catch (WireException refused) {
            assertThat(refused).hasMessageContaining("at most " + MAX);
        }

        int total = decoded.stream()
                .mapToInt(frame -> Frame.HEADER_SIZE + frame.payload().length)
                .sum();
        assertThat(total).isLessThanOrEqualTo(garbage.length);
    }

    @Example
    void refusesAPayloadThatIsTooLongBeforeItHasArrived() {
        byte[] header = Arrays.copyOf(new Frame(Op.WRITE, 1, 0, new byte[MAX + 1]).encode(), Frame.HEADER_SIZE);
        FrameDecoder decoder = new FrameDecoder(MAX, frame -> {});

        assertThatThrownBy(() -> decoder.feed(header, 0, header.length))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("4097");
    }

    @Example
    void refusesALengthBeyondTwoGibibytes() {
        byte[] header = new Frame(Op.READ, 1, 0, new byte[0]).encode();
        Arrays.fill(header, 12, 16, (byte) 0xff);
        FrameDecoder decoder = new FrameDecoder(MAX, frame -> {});

        assertThatThrownBy(() -> decoder.feed(header, 0, header.length)).hasMessageContaining("4294967295");
    }

    @Property
    void takesAnyTypeNumber(@ForAll int code) {
        byte[] bytes = new Frame(Op.READ, 1, 0, new byte[0]).encode();
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) (code >> 8 * i);
        }
        List<Frame> decoded = new ArrayList<>();

        new FrameDecoder(MAX, decoded::add).feed(bytes, 0, bytes.length);

        Op expected = Arrays.stream(Op.values())
                .filter(op -> op.code() == code)
                .findFirst()
                .orElse(Op.UNKNOWN);
        assertThat(decoded).extracting(Frame::op).containsExactly(expected);
    }

    @Provide
    Arbitrary<List<Frame>> frames() {
        Arbitrary<Op> ops = Arbitraries.of(Op.values()).filter(op -> op != Op.UNKNOWN);
        Arbitrary<byte[]> payloads = Arbitraries.bytes().array(byte[].class).ofMaxSize(MAX);
        Arbitrary<Frame> frame = Combinators.combine(ops, Arbitraries.integers(), Arbitraries.integers(), payloads)
                .as(Frame::new);
        return frame.list().ofMaxSize(8);
    }

    private static byte[] stream(List<Frame> frames) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        frames.forEach(frame -> stream.writeBytes(frame.encode()));
        return stream.toByteArray();
    }
}

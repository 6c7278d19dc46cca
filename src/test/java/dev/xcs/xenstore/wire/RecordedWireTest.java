package dev.xcs.xenstore.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A conversation with Debian's C xenstored 4.17.7, byte for byte. */
class RecordedWireTest {
    @ParameterizedTest
    @CsvSource({
        "DIRECTORY,1,0,/tool|,010000000100000000000000060000002f746f6f6c00",
        "READ,2,0,/nope|,020000000200000000000000060000002f6e6f706500",
        "WRITE,3,0,/rec/a|hello,0b00000003000000000000000c0000002f7265632f610068656c6c6f",
        "READ,4,0,/rec/a|,020000000400000000000000070000002f7265632f6100",
        "WATCH,5,0,/rec|tok|,040000000500000000000000090000002f72656300746f6b00",
        "TRANSACTION_START,6,0,|,0600000006000000000000000100000000",
        "WRITE,7,1,/rec/b|x,0b0000000700000001000000080000002f7265632f620078",
        "TRANSACTION_END,8,1,T|,070000000800000001000000020000005400",
        "GET_PERMS,9,0,/rec/a|,030000000900000000000000070000002f7265632f6100",
        "IS_DOMAIN_INTRODUCED,-2,0,0|,11000000feffffff00000000020000003000",
        "RM,11,0,/rec|,0d0000000b00000000000000050000002f72656300"
    })
    void sendsRequestsAsXenstoredUnderstoodThem(Op op, int id, int transaction, String payload, String bytes) {
        byte[] expected = HexFormat.of().parseHex(bytes);
        Frame frame = new Frame(op, id, transaction, payload.replace('|', '\0').getBytes(StandardCharsets.UTF_8));

        assertThat(frame.encode()).isEqualTo(expected);
        assertThat(decoded(expected)).containsExactly(frame);
    }

    @Test
    void readsAList() {
        Frame reply = only("010000000100000000000000" + "0a00000078656e73746f72656400");

        assertThat(reply.op()).isEqualTo(Op.DIRECTORY);
        assertThat(reply.requestId()).isEqualTo(1);
        assertThat(reply.parts()).containsExactly("xenstored");
    }

    @Test
    void readsAnError() {
        Frame reply = only("10000000020000000000000007000000454e4f454e5400");

        assertThat(reply.op()).isEqualTo(Op.ERROR);
        assertThat(Errno.ofName(reply.text())).contains(Errno.ENOENT);
    }

    @Test
    void readsAValueWithoutNul() {
        assertThat(only("0200000004000000000000000500000068656c6c6f").text()).isEqualTo("hello");
    }

    @Test
    void readsTheNumberOfATransaction() {
        assertThat(only("060000000600000000000000020000003100").text()).isEqualTo("1");
    }

    @Test
    void readsPermissions() {
        assertThat(only("030000000900000000000000030000006e3000").parts()).containsExactly("n0");
    }

    @Test
    void readsAReplyAndTheEventThatCameWithIt() {
        List<Frame> frames = decoded(HexFormat.of()
                .parseHex("040000000500000000000000030000004f4b00"
                        + "0f0000000000000000000000090000002f72656300746f6b00"));

        assertThat(frames).extracting(Frame::op).containsExactly(Op.WATCH, Op.WATCH_EVENT);
        assertThat(frames.get(1).parts()).containsExactly("/rec", "tok");
    }

    private static Frame only(String hex) {
        List<Frame> frames = decoded(HexFormat.of().parseHex(hex));
        assertThat(frames).hasSize(1);
        return frames.get(0);
    }

    private static List<Frame> decoded(byte[] bytes) {
        List<Frame> frames = new ArrayList<>();
        new FrameDecoder(Frame.MAX_REPLY_PAYLOAD, frames::add).feed(bytes, 0, bytes.length);
        return frames;
    }
}

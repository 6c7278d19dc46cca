package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.List;

/** The far end of an interface: sends whole frames, and sees those that arrive (packet(7)). */
final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int ETH_P_ALL = 3;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int ADDRESS_BYTES = 20;
    private static final int BUFFER_BYTES = 1 << 16;

    private final LibC libc = MadeUpSystem.libc();
    private final Memory buffer = new Memory(BUFFER_BYTES);
    private final int fd;

    PacketSocket(int interfaceIndex) {
        short protocol = Short.reverseBytes((short) ETH_P_ALL);
        fd = libc.socket(AF_PACKET, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, Short.toUnsignedInt(protocol));
        assertThat(fd).as("socket AF_PACKET: %d", Native.getLastError()).isNotNegative();
        buffer.clear(ADDRESS_BYTES);
        buffer.setShort(0, (short) AF_PACKET);
        buffer.setShort(2, protocol);
        buffer.setInt(4, interfaceIndex);
        assertThat(libc.bind(fd, buffer, ADDRESS_BYTES)).isZero();
        received();
    }

    void send(byte[] frame) {
        try (Memory out = new Memory(frame.length)) {
            out.write(0, frame, 0, frame.length);
            assertThat(libc.send(fd, out, frame.length, 0)).isEqualTo(frame.length);
        }
    }

    /** What has arrived since the last look, what was sent here included. */
    List<byte[]> received() {
        List<byte[]> found = new ArrayList<>();
        for (long bytes = receive(); bytes > 0; bytes = receive()) {
            found.add(buffer.getByteArray(0, (int) bytes));
        }
        return found;
    }

    private long receive() {
        return libc.recv(fd, buffer, BUFFER_BYTES, MSG_DONTWAIT);
    }

    @Override
    public void close() {
        libc.close(fd);
        buffer.close();
    }
}

package dev.xcs.api;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A websocket by hand: never answers a ping, and sends frames that a good client would split. */
final class RawWebSocket {
    static final int WITHOUT_A_WORD = -1;

    private RawWebSocket() {}

    /** Sends one masked frame of zeros and answers with the code that the server closes with. */
    static int sendFrame(ApiFixture api, Map<String, String> headers, int opcode, int length) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port)) {
            upgrade(socket, headers);
            ByteBuffer frame = ByteBuffer.allocate(14 + length).put((byte) opcode);
            if (length < 0x10000) {
                frame.put((byte) (0x80 | 126)).putShort((short) length);
            } else {
                frame.put((byte) (0x80 | 127)).putLong(length);
            }
            socket.getOutputStream().write(frame.array(), 0, frame.position() + 4 + length);
            return closeCode(socket.getInputStream());
        } catch (EOFException | SocketException e) {
            return WITHOUT_A_WORD;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes the connection a console viewer's. */
    static void upgrade(Socket socket, Map<String, String> headers) throws IOException {
        StringBuilder request =
                new StringBuilder("GET /v1/domains/" + FakeParts.GUEST + "/console HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        socket.setSoTimeout(20_000);
        RawHttp.Response upgraded = RawHttp.read(socket.getInputStream(), false);
        if (upgraded.status() != 101) {
            throw new AssertionError("Not upgraded: " + upgraded.status());
        }
    }

    /** Sends pings and reads nothing; gives how many bytes went out until the server cut the connection, or the limit. */
    static long pingUntilCut(Socket socket, long limit) {
        ByteBuffer pings = ByteBuffer.allocate(131 * 500);
        while (pings.hasRemaining()) {
            pings.put((byte) 0x89).put((byte) (0x80 | 125)).position(pings.position() + 4 + 125);
        }
        long sent = 0;
        try {
            while (sent < limit) {
                socket.getOutputStream().write(pings.array());
                sent += pings.capacity();
            }
        } catch (IOException cut) {
            return sent;
        }
        return sent;
    }

    /** Reads frames until the server closes. */
    static int closeCode(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        while (true) {
            int opcode = in.readUnsignedByte() & 0x0f;
            int length = in.readUnsignedByte();
            length = length == 126 ? in.readUnsignedShort() : length;
            byte[] payload = in.readNBytes(length);
            if (opcode == 8) {
                return ByteBuffer.wrap(payload).getShort();
            }
        }
    }
}

package dev.xcs.testing;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The events of a daemon over a websocket, read on the caller's own thread: nothing of a client library is measured along. */
public final class EventSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final String REQUEST =
            "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                    + "Sec-WebSocket-Protocol: xcs.events.v1\r\n\r\n";
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Socket socket;
    private final DataInputStream in;

    public EventSocket(URI api, String path, String token) throws IOException {
        this(api, path, token, 0);
    }

    /** @param receiveBytes how much may wait here for being read, 0 for the system's choice */
    public EventSocket(URI api, String path, String token, int receiveBytes) throws IOException {
        socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.connect(new InetSocketAddress(api.getHost(), api.getPort()));
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        socket.getOutputStream().write(String.format(REQUEST, path, token).getBytes(StandardCharsets.ISO_8859_1));
        String status = line();
        if (!status.contains(" 101 ")) {
            throw new IOException("Not upgraded: " + status);
        }
        while (!line().isEmpty()) {
            // The answer's other lines say nothing that is needed.
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** The next record's JSON; answers the pings that come before it. */
    public byte[] next() throws IOException {
        while (true) {
            int head = in.readUnsignedByte();
            int opcode = head & 0x0f;
            if ((head & 0x70) != 0) {
                throw new IOException("A frame begins with " + head + ", which is none");
            }
            byte[] payload = in.readNBytes(length());
            if (opcode == TEXT) {
                return payload;
            }
            if (opcode == CLOSE) {
                throw new EOFException("The daemon closed the stream");
            }
            if (opcode == PING) {
                pong(payload);
            }
        }
    }

    /** The same, but fails when nothing comes for so long. */
    public byte[] next(int patienceMillis) throws IOException {
        socket.setSoTimeout(patienceMillis);
        return next();
    }

    private int length() throws IOException {
        int length = in.readUnsignedByte();
        return length == 127 ? Math.toIntExact(in.readLong()) : length == 126 ? in.readUnsignedShort() : length;
    }

    /** Masked with zeros, which is allowed and changes nothing. */
    private void pong(byte[] payload) throws IOException {
        byte[] frame = new byte[6 + payload.length];
        frame[0] = (byte) (0x80 | PONG);
        frame[1] = (byte) (0x80 | payload.length);
        System.arraycopy(payload, 0, frame, 6, payload.length);
        socket.getOutputStream().write(frame);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

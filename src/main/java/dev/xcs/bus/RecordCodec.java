package dev.xcs.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The one codec of all messages: by reference inside a process (records are immutable), as
 * {@code u32 length, class name, u32 length, JSON} between processes.
 */
public final class RecordCodec implements MessageCodec<BusMessage, BusMessage> {
    private static final String NAME = "xcs-record";
    private final ObjectMapper json;

    RecordCodec(ObjectMapper json) {
        this.json = json;
    }

    /** Installs this codec and that of failures; once for each Vert.x instance, before anything is said. */
    public static void install(EventBus bus, ObjectMapper json) {
        bus.registerCodec(new RecordCodec(json));
        bus.registerDefaultCodec(BusFailure.class, new FailureCodec(json));
        bus.codecSelector(body -> body instanceof BusMessage ? NAME : null);
    }

    @Override
    public void encodeToWire(Buffer out, BusMessage message) {
        append(out, message.getClass().getName().getBytes(StandardCharsets.UTF_8));
        append(out, toBytes(json, message));
    }

    @Override
    public BusMessage decodeFromWire(int position, Buffer in) {
        byte[] name = slice(in, position);
        byte[] body = slice(in, position + Integer.BYTES + name.length);
        try {
            Class<? extends BusMessage> type =
                    Class.forName(new String(name, StandardCharsets.UTF_8)).asSubclass(BusMessage.class);
            return json.readValue(body, type);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("A peer sent a message of an unknown kind", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public BusMessage transform(BusMessage message) {
        return message;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }

    static void append(Buffer out, byte[] bytes) {
        out.appendInt(bytes.length).appendBytes(bytes);
    }

    static byte[] slice(Buffer in, int position) {
        int length = in.getInt(position);
        return in.getBytes(position + Integer.BYTES, position + Integer.BYTES + length);
    }

    static byte[] toBytes(ObjectMapper json, Object value) {
        try {
            return json.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not expressible as JSON: " + value.getClass(), e);
        }
    }
}

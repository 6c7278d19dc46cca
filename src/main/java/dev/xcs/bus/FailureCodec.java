package dev.xcs.bus;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Carries a {@link BusFailure} as its problem. */
final class FailureCodec implements MessageCodec<BusFailure, BusFailure> {
    private final ObjectMapper json;

    FailureCodec(ObjectMapper json) {
        this.json = json;
    }

    @Override
    public void encodeToWire(Buffer out, BusFailure failure) {
        RecordCodec.append(out, RecordCodec.toBytes(json, failure.problem()));
    }

    @Override
    public BusFailure decodeFromWire(int position, Buffer in) {
        try {
            return new BusFailure(json.readValue(RecordCodec.slice(in, position), Problem.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public BusFailure transform(BusFailure failure) {
        return failure;
    }

    @Override
    public String name() {
        return "xcs-failure";
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}

package dev.xcs.bus;

import dev.xcs.model.DiskBackend;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes instances of any record of ours, with every nullable component sometimes left out. */
public final class Samples {
    private static final List<String> TEXTS =
            List.of("", "demo", "root=/dev/xvda ro", "\"quoted\\\"", "line\nline\0\t\u001b[2J", "żółw 乌龟 \uD83D\uDC22");

    /** Disks check themselves: most of what chance would make of one is none. */
    private static final List<DiskSpec> DISKS = List.of(
            DiskSpec.of("/a \"b\", żółw", "xvda"),
            DiskSpec.of(null, "hdc", null, null, DiskDevice.CDROM, null, false, true, DiskBackend.TAP, true));

    private final Random random;

    public Samples(long seed) {
        random = new Random(seed);
    }

    public <T extends Record> T record(Class<T> type) {
        RecordComponent[] parts = type.getRecordComponents();
        Object[] values =
                Stream.of(parts).map(part -> value(part.getAnnotatedType())).toArray();
        Class<?>[] types = Stream.of(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("No sample of " + type + " from " + Arrays.toString(values), e);
        }
    }

    private @Nullable Object value(AnnotatedType annotated) {
        boolean absent = annotated.isAnnotationPresent(Nullable.class) && random.nextInt(3) == 0;
        return absent ? null : value(annotated.getType());
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return Stream.generate(() -> value(list.getActualTypeArguments()[0]))
                    .limit(random.nextInt(4))
                    .toList();
        }
        return scalar((Class<?>) type);
    }

    private Object scalar(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return random.nextInt();
        }
        if (type == long.class || type == Long.class) {
            return random.nextLong();
        }
        if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        }
        if (type == double.class) {
            return random.nextGaussian() * 1e6;
        }
        return type == String.class ? TEXTS.get(random.nextInt(TEXTS.size())) : object(type);
    }

    private Object object(Class<?> type) {
        if (type == UUID.class) {
            return new UUID(random.nextLong(), random.nextLong());
        }
        if (type == Buffer.class) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            return Buffer.buffer(bytes);
        }
        if (type.isEnum()) {
            Object[] all = type.getEnumConstants();
            return all[random.nextInt(all.length)];
        }
        if (type == Instant.class) {
            return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
        }
        if (type.isSealed()) {
            Class<?>[] all = type.getPermittedSubclasses();
            return object(all[random.nextInt(all.length)]);
        }
        if (type == DiskSpec.class) {
            return DISKS.get(random.nextInt(DISKS.size()));
        }
        if (type.isRecord()) {
            return record(type.asSubclass(Record.class));
        }
        throw new AssertionError(
                "No sample of " + type + ": teach " + getClass().getSimpleName());
    }
}

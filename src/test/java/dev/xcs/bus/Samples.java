package dev.xcs.bus;

import dev.xcs.model.ByteRate;
import dev.xcs.model.DiskBackend;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifChange;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import dev.xcs.testing.Vifs;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes instances of any record of ours, with every nullable component sometimes left out. */
public final class Samples {
    private static final List<String> TEXTS =
            List.of("", "demo", "root=/dev/xvda ro", "\"quoted\\\"", "line\nline\0\t\u001b[2J", "żółw 乌龟 \uD83D\uDC22");

    /** Values that check themselves: most of what chance would make of one is none. */
    private static final Map<Class<?>, List<?>> CHECKED = Map.of(
            DiskSpec.class,
            List.of(
                    DiskSpec.of("/a \"b\", żółw", "xvda"),
                    DiskSpec.of(null, "hdc", null, null, DiskDevice.CDROM, null, false, true, DiskBackend.TAP, true)),
            IpAddress.class,
            List.of(IpAddress.parse("10.80.0.5"), IpAddress.parse("fd00::5"), IpAddress.parse("::")),
            MacAddress.class,
            List.of(MacAddress.parse("00:16:3e:01:02:03"), MacAddress.parse("fe:ff:ff:ff:ff:ff")),
            Subnet.class,
            List.of(Subnet.parse("10.80.0.0/24"), Subnet.parse("fd00::/8"), Subnet.parse("0.0.0.0/0")),
            ByteRate.class,
            List.of(ByteRate.parse("10Mb/s"), ByteRate.parse("1KB/s@2ms")),
            PortForward.class,
            List.of(PortForward.parse("tcp:1=10.80.0.5"), PortForward.parse("udp:192.0.2.1:65535=10.80.0.5:53")),
            VifSpec.class,
            Vifs.ALL,
            VifChange.class,
            List.of(
                    VifChange.NOTHING,
                    VifChange.limit(null),
                    new VifChange(
                            null,
                            "br0",
                            List.of(IpAddress.parse("10.0.0.1")),
                            VifLink.DOWN,
                            ByteRate.parse("1GB/s@3us"),
                            false)),
            NetworkSpec.class,
            Vifs.NETWORKS);

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
        return type instanceof ParameterizedType several
                ? several((Class<?>) several.getRawType(), several.getActualTypeArguments())
                : scalar((Class<?>) type);
    }

    private Object several(Class<?> type, Type[] of) {
        List<Object> parts =
                Stream.generate(() -> value(of[0])).limit(random.nextInt(4)).toList();
        if (type == Map.class) {
            return parts.stream().distinct().collect(Collectors.toMap(part -> part, part -> value(of[1])));
        }
        return type == Set.class ? Set.copyOf(parts) : parts;
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
        List<?> checked = CHECKED.get(type);
        if (checked != null) {
            return checked.get(random.nextInt(checked.size()));
        }
        if (type.isRecord()) {
            return record(type.asSubclass(Record.class));
        }
        throw new AssertionError(
                "No sample of " + type + ": teach " + getClass().getSimpleName());
    }
}

package dev.xcs.hypervisor.xen;

import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What daemon and builder process say to each other: records of a length, a kind and fields, one answer for each question. Both ends are
 * of one build of xcs, so there are no versions.
 */
final class Wire {
    /** More than any record takes: some paths, a command line, an explanation. */
    private static final int MAX_BYTES = 1 << 20;

    private Wire() {}

    /** What a record is. */
    enum Kind {
        /** From the builder, once: it can build. */
        READY,
        BUILD,
        UNPACK,
        NOTES,
        /** The answers. */
        BUILT,
        UNPACKED,
        NOTED,
        REFUSED
    }

    /** A record that has been read. */
    record Received(Kind kind, DataInput fields) {}

    /** Writes the fields of a record. */
    @FunctionalInterface
    interface Fields {
        Fields NONE = to -> {};

        void writeTo(DataOutput to) throws IOException;
    }

    static void send(OutputStream to, Kind kind, Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytes);
        data.writeInt(0);
        data.writeByte(kind.ordinal());
        fields.writeTo(data);
        byte[] record = bytes.toByteArray();
        int length = record.length - Integer.BYTES;
        for (int i = 0; i < Integer.BYTES; i++) {
            record[i] = (byte) (length >> 8 * (3 - i));
        }
        to.write(record);
        to.flush();
    }

    /** Blocks until a whole record is there; null when the other end has closed in between two of them. */
    static @Nullable Received receive(InputStream from) throws IOException {
        DataInputStream data = new DataInputStream(from);
        int first = from.read();
        if (first < 0) {
            return null;
        }
        int length = first << 24 | data.readUnsignedByte() << 16 | data.readUnsignedShort();
        if (length < 1 || length > MAX_BYTES) {
            throw new IOException("a record of " + length + " bytes");
        }
        byte[] record = from.readNBytes(length);
        if (record.length < length) {
            throw new EOFException("a record of " + length + " bytes ends after " + record.length);
        }
        if (record[0] < 0 || record[0] >= Kind.values().length) {
            throw new IOException("a record of kind " + record[0]);
        }
        return new Received(
                Kind.values()[record[0]], new DataInputStream(new ByteArrayInputStream(record, 1, length - 1)));
    }

    static Fields order(BuildOrder order) {
        BuildRequest request = order.request();
        UnpackedKernel kernel = order.kernel();
        return to -> {
            to.writeInt(request.domid());
            to.writeByte(request.type().ordinal());
            to.writeInt(request.memoryMib());
            to.writeInt(request.vcpus());
            text(to, request.kernel());
            modules(to, request.modules());
            text(to, request.cmdline());
            text(to, kernel == null ? null : kernel.file().toString());
            to.writeLong(kernel == null ? 0 : kernel.bytes());
            to.writeInt(kernel == null ? 0 : kernel.generation());
        };
    }

    static BuildOrder order(DataInput from) throws IOException {
        BuildRequest request = new BuildRequest(
                from.readInt(),
                DomainType.values()[from.readByte()],
                from.readInt(),
                from.readInt(),
                required(from),
                modules(from),
                text(from));
        String file = text(from);
        long bytes = from.readLong();
        int generation = from.readInt();
        return new BuildOrder(request, file == null ? null : new UnpackedKernel(Path.of(file), bytes, generation));
    }

    private static void modules(DataOutput to, List<List<String>> modules) throws IOException {
        to.writeByte(modules.size());
        for (List<String> files : modules) {
            to.writeByte(files.size());
            for (String file : files) {
                text(to, file);
            }
        }
    }

    private static List<List<String>> modules(DataInput from) throws IOException {
        List<List<String>> modules = new ArrayList<>();
        for (int left = from.readUnsignedByte(); left > 0; left--) {
            List<String> files = new ArrayList<>();
            for (int more = from.readUnsignedByte(); more > 0; more--) {
                files.add(required(from));
            }
            modules.add(files);
        }
        return modules;
    }

    static Fields built(BuiltDomain built) {
        return to -> {
            to.writeInt(built.storePort());
            to.writeLong(built.storeFrame());
            to.writeInt(built.consolePort());
            to.writeLong(built.consoleFrame());
        };
    }

    static BuiltDomain built(DataInput from) throws IOException {
        return new BuiltDomain(from.readInt(), from.readLong(), from.readInt(), from.readLong());
    }

    static Fields notes(XenNotes notes) {
        return to -> {
            int types = 0;
            for (DomainType type : notes.bootable()) {
                types |= 1 << type.ordinal();
            }
            to.writeByte(types);
            text(to, notes.guestOs());
            to.writeInt(notes.features());
        };
    }

    static XenNotes notes(DataInput from) throws IOException {
        int types = from.readByte();
        Set<DomainType> bootable = EnumSet.noneOf(DomainType.class);
        for (DomainType type : DomainType.values()) {
            if ((types >> type.ordinal() & 1) != 0) {
                bootable.add(type);
            }
        }
        return new XenNotes(bootable, required(from), from.readInt());
    }

    static Fields texts(String... texts) {
        return to -> {
            for (String text : texts) {
                text(to, text);
            }
        };
    }

    static Fields problem(Problem problem) {
        return to -> {
            to.writeByte(problem.type().ordinal());
            text(to, problem.detail());
            text(to, problem.field());
            text(to, problem.step());
            text(to, problem.call());
            text(to, problem.argument());
            Integer errno = problem.errno();
            to.writeBoolean(errno != null);
            to.writeInt(errno == null ? 0 : errno);
            text(to, problem.errnoText());
            text(to, problem.cause());
            to.writeBoolean(problem.retryable());
        };
    }

    static Problem problem(DataInput from) throws IOException {
        ProblemType type = ProblemType.values()[from.readByte()];
        String detail = required(from);
        String field = text(from);
        String step = text(from);
        String call = text(from);
        String argument = text(from);
        boolean known = from.readBoolean();
        int errno = from.readInt();
        return new Problem(
                type,
                detail,
                field,
                step,
                call,
                argument,
                known ? errno : null,
                text(from),
                text(from),
                from.readBoolean());
    }

    private static void text(DataOutput to, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        to.writeInt(text == null ? -1 : bytes.length);
        to.write(bytes);
    }

    static @Nullable String text(DataInput from) throws IOException {
        int length = from.readInt();
        if (length < 0) {
            return null;
        }
        if (length > MAX_BYTES) {
            throw new IOException("a text of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        from.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static String required(DataInput from) throws IOException {
        String text = text(from);
        if (text == null) {
            throw new IOException("a text is missing");
        }
        return text;
    }
}

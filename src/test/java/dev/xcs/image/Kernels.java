package dev.xcs.image;

import dev.xcs.model.Compression;
import io.airlift.compress.lzo.LzoCompressor;
import io.airlift.compress.zstd.ZstdCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorOutputStream;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Writes small kernels of every kind but ELF, and packs them as kernels are packed. */
public final class Kernels {
    private static final int LZO_BLOCK = 256 * 1024;
    private static final int LZ4_BLOCK = 8 << 20;
    private static final int DICTIONARY = 1 << 16;

    private Kernels() {}

    /** As Linux does it: with how long it is unpacked behind it, but for gzip. */
    static byte[] bzImage(byte[] kernel, Compression compression) throws IOException {
        byte[] packed = pack(kernel, compression);
        boolean sized = compression != Compression.GZIP && compression != Compression.NONE;
        ByteBuffer payload =
                ByteBuffer.allocate(packed.length + (sized ? 4 : 0)).order(ByteOrder.LITTLE_ENDIAN);
        payload.put(packed);
        if (sized) {
            payload.putInt(kernel.length);
        }
        return bzImage(payload.array());
    }

    static byte[] bzImage(byte[] payload) {
        int code = 0x100 + payload.length;
        ByteBuffer image = ByteBuffer.allocate(3 * 512 + code).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0x1f1, (byte) 2).putInt(0x1f4, (code + 15) / 16).putShort(0x1fe, (short) 0xaa55);
        image.putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20f).putInt(0x214, 0x100000);
        image.putShort(0x20e, (short) 0x180).put(0x380, "6.1.0-test #1\0".getBytes(StandardCharsets.US_ASCII));
        image.putInt(0x248, payload.length == 0 ? 0 : 0x100).putInt(0x24c, payload.length);
        image.put(3 * 512 + 0x100, payload);
        return image.array();
    }

    static byte[] plan9(boolean amd64) {
        ByteBuffer image = ByteBuffer.allocate((amd64 ? 40 : 32) + 64 + 32 + 16 + 8 + 4);
        image.putInt(amd64 ? 0x8a97 : 0x1eb).putInt(64).putInt(32).putInt(1000).putInt(16);
        image.putInt(amd64 ? 0 : 0x80100020).putInt(8).putInt(4);
        if (amd64) {
            image.putLong(0xffffffff80110000L);
        }
        return image.array();
    }

    static byte[] multiboot() {
        ByteBuffer image = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        image.position(64);
        image.putInt(0x1badb002).putInt(0x10000).putInt(-(0x1badb002 + 0x10000));
        image.putInt(0x100040)
                .putInt(0x100000)
                .putInt(0x100400)
                .putInt(0x102000)
                .putInt(0x100080);
        return image.array();
    }

    static byte[] multiboot2() {
        ByteBuffer image = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        image.position(128);
        image.putInt(0xe85250d6).putInt(0).putInt(64).putInt(-(0xe85250d6 + 64));
        image.putShort((short) 2).putShort((short) 0).putInt(24);
        image.putInt(0x100080).putInt(0x100000).putInt(0x100400).putInt(0x102000);
        image.putShort((short) 3)
                .putShort((short) 0)
                .putInt(12)
                .putInt(0x100100)
                .putInt(0);
        image.putShort((short) 0).putShort((short) 0).putInt(8);
        return image.array();
    }

    public static byte[] pack(byte[] content, Compression compression) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packer = packer(compression, content.length, out)) {
            packer.write(content);
        }
        return out.toByteArray();
    }

    private static OutputStream packer(Compression compression, int length, ByteArrayOutputStream out)
            throws IOException {
        return switch (compression) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out);
            case BZIP2 -> new BZip2CompressorOutputStream(out, 1);
            case XZ -> {
                LZMA2Options options = new LZMA2Options(1);
                options.setDictSize(DICTIONARY);
                yield new XZOutputStream(out, new FilterOptions[] {new X86Options(), options}, XZ.CHECK_CRC32);
            }
            case LZMA -> {
                LZMA2Options options = new LZMA2Options(1);
                options.setDictSize(DICTIONARY);
                yield new LZMAOutputStream(out, options, -1);
            }
            case LZO, LZ4, ZSTD -> new Whole(content -> out.writeBytes(whole(content, compression)), length);
        };
    }

    private static byte[] whole(byte[] content, Compression compression) throws IOException {
        return switch (compression) {
            case LZO -> lzop(content);
            case LZ4 -> lz4(content);
            default -> {
                ZstdCompressor packer = new ZstdCompressor();
                byte[] packed = new byte[packer.maxCompressedLength(content.length)];
                yield Arrays.copyOf(packed, packer.compress(content, 0, content.length, packed, 0, packed.length));
            }
        };
    }

    private static byte[] lz4(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(0x184c2102));
        for (int at = 0; at < content.length; at += LZ4_BLOCK) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            try (OutputStream packer = new BlockLZ4CompressorOutputStream(block)) {
                packer.write(content, at, Math.min(LZ4_BLOCK, content.length - at));
            }
            out.writeBytes(little(block.size()));
            out.writeBytes(block.toByteArray());
        }
        return out.toByteArray();
    }

    private static byte[] little(int word) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(word)
                .array();
    }

    private static byte[] lzop(byte[] content) {
        ByteBuffer header = ByteBuffer.allocate(9 + 29);
        header.putLong(0x894c5a4f000d0a1aL).put((byte) 0x0a);
        header.putShort((short) 0x1030).putShort((short) 0x2080).putShort((short) 0x0940);
        header.put((byte) 1)
                .put((byte) 5)
                .putInt(0x0300_0001)
                .putInt(0x81a4)
                .putInt(0)
                .putInt(0);
        header.put((byte) 0).putInt(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(header.array(), 0, header.position());
        for (int at = 0; at < content.length; at += LZO_BLOCK) {
            byte[] part = Arrays.copyOfRange(content, at, Math.min(content.length, at + LZO_BLOCK));
            LzoCompressor packer = new LzoCompressor();
            byte[] packed = new byte[packer.maxCompressedLength(part.length)];
            int length = packer.compress(part, 0, part.length, packed, 0, packed.length);
            boolean stored = length >= part.length;
            out.writeBytes(ByteBuffer.allocate(12)
                    .putInt(part.length)
                    .putInt(stored ? part.length : length)
                    .putInt(0)
                    .array());
            out.writeBytes(stored ? part : Arrays.copyOf(packed, length));
        }
        out.writeBytes(new byte[4]);
        return out.toByteArray();
    }

    /** For packers that want all at once. */
    private static final class Whole extends ByteArrayOutputStream {
        /** Takes it. */
        private interface Taker {
            void take(byte[] content) throws IOException;
        }

        private final Taker taker;

        Whole(Taker taker, int length) {
            super(Math.max(1, length));
            this.taker = taker;
        }

        @Override
        public void close() throws IOException {
            taker.take(toByteArray());
        }
    }
}

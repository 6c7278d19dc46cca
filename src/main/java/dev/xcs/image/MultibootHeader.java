package dev.xcs.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Headers of the Multiboot specifications 1 and 2, near the beginning of whatever file.
 *
 * @param entry where it begins, if the header says so, which makes any file a kernel
 */
record MultibootHeader(int version, long offset, OptionalLong entry) {
    /** How far into the file they may be. */
    static final int SEARCHED = 32768;

    private static final int MAGIC_1 = 0x1badb002;
    private static final int SEARCHED_1 = 8192;
    private static final int HAS_ADDRESSES = 1 << 16;
    private static final int MAGIC_2 = 0xe85250d6;
    private static final int HEADER_2_BYTES = 16;
    private static final int TAG_ADDRESSES = 2;
    private static final int TAG_ENTRY = 3;

    /** The first of each version. */
    static List<MultibootHeader> find(ImageBytes bytes) {
        ByteBuffer head = bytes.read(0, SEARCHED);
        List<MultibootHeader> found = new ArrayList<>();
        for (int at = 0; at + 12 <= Math.min(head.limit(), SEARCHED_1) && found.isEmpty(); at += 4) {
            if (head.getInt(at) == MAGIC_1 && MAGIC_1 + head.getInt(at + 4) + head.getInt(at + 8) == 0) {
                found.add(first(bytes, head, at));
            }
        }
        for (int at = 0; at + HEADER_2_BYTES <= head.limit(); at += 8) {
            if (head.getInt(at) == MAGIC_2 && sum(head, at) == 0) {
                found.add(second(bytes, head, at));
                return found;
            }
        }
        return found;
    }

    private static int sum(ByteBuffer head, int at) {
        return head.getInt(at) + head.getInt(at + 4) + head.getInt(at + 8) + head.getInt(at + 12);
    }

    private static MultibootHeader first(ImageBytes bytes, ByteBuffer head, int at) {
        if ((head.getInt(at + 4) & HAS_ADDRESSES) == 0) {
            return new MultibootHeader(1, at, OptionalLong.empty());
        }
        if (at + 32 > head.limit()) {
            throw bytes.refuse(at, "a multiboot header that ends before its addresses");
        }
        checkAddresses(bytes, head, at, at + 12);
        return new MultibootHeader(1, at, OptionalLong.of(u32(head, at + 28)));
    }

    /** Of the header itself, and of where to load from, to and up to: both versions have them in this order. */
    private static void checkAddresses(ImageBytes bytes, ByteBuffer head, int at, int addresses) {
        long self = u32(head, addresses);
        long load = u32(head, addresses + 4);
        long end = u32(head, addresses + 8);
        long bss = u32(head, addresses + 12);
        if (load > self || self - load > at) {
            throw bytes.refuse(addresses, "a multiboot header that is loaded to where it cannot be");
        }
        long from = at - (self - load);
        if (end != 0 && end < load || bss != 0 && bss < end) {
            throw bytes.refuse(addresses + 8, "a multiboot header whose parts end before they begin");
        }
        if (end != 0) {
            bytes.requireInside("part that multiboot loads", from, end - load);
        }
    }

    private static MultibootHeader second(ImageBytes bytes, ByteBuffer head, int at) {
        long length = u32(head, at + 8);
        if (length < HEADER_2_BYTES || length > head.limit() - at) {
            throw bytes.refuse(at + 8, "a multiboot header of " + length + " bytes");
        }
        OptionalLong entry = OptionalLong.empty();
        boolean addresses = false;
        int tag = at + HEADER_2_BYTES;
        int end = at + (int) length;
        while (tag + 8 <= end) {
            int type = head.getShort(tag) & 0xffff;
            long size = u32(head, tag + 4);
            if (size < 8 || size > end - tag) {
                throw bytes.refuse(tag, "a tag of multiboot of " + size + " bytes");
            }
            if (type == TAG_ADDRESSES && size >= 24) {
                checkAddresses(bytes, head, at, tag + 8);
                addresses = true;
            }
            if (type == TAG_ENTRY && size >= 12) {
                entry = OptionalLong.of(u32(head, tag + 8));
            }
            tag += (int) (size + 7 & ~7L);
        }
        return new MultibootHeader(2, at, addresses ? entry : OptionalLong.empty());
    }

    private static long u32(ByteBuffer from, int at) {
        return from.getInt(at) & 0xffffffffL;
    }
}

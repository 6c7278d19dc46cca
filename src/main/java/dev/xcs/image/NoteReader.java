package dev.xcs.image;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads notes of an ELF: Xen's, and the name that Linux has for its build. */
final class NoteReader {
    /** All of a kernel's are some hundred bytes. */
    static final int MAX_BYTES = 1 << 16;

    private static final int HEADER_BYTES = 12;
    /** GRUB's image for 32 bit PV guests says that its last note has 8 bytes more than there are, and Xen boots it. */
    private static final int SLACK = 8;

    private static final int LINUX_BUILD_SALT = 0x100;
    private static final int MAX_NOTES = 128;

    private final ImageBytes bytes;
    private final Map<String, String> xen = new LinkedHashMap<>();
    private @Nullable String linux;

    NoteReader(ImageBytes bytes) {
        this.bytes = bytes;
    }

    /** Xen's notes by name; of several of a kind the last counts, as for Xen's loader. */
    Map<String, String> xen() {
        return xen;
    }

    /** Linux' own name of this build. */
    @Nullable
    String linux() {
        return linux;
    }

    void read(String what, long at, long length) {
        bytes.requireInside(what, at, length);
        if (length > MAX_BYTES) {
            throw bytes.refuse(at, "the " + what + " has " + length + " bytes of notes, expected at most " + MAX_BYTES);
        }
        ByteBuffer notes = bytes.require(what, at, (int) length);
        while (notes.remaining() >= HEADER_BYTES) {
            long place = at + notes.position();
            long name = notes.getInt() & 0xffffffffL;
            long content = notes.getInt() & 0xffffffffL;
            int type = notes.getInt();
            if (roundUp(name) + content > notes.remaining() + SLACK) {
                throw bytes.refuse(
                        place,
                        "a note has " + name + " and " + content + " bytes, the " + what + " only " + notes.remaining()
                                + " more");
            }
            byte[] owner = take(notes, name);
            add(place, XenNote.text(owner), type, take(notes, content));
        }
    }

    private static long roundUp(long length) {
        return (length + 3) & ~3L;
    }

    /** As much of it as there is. */
    private static byte[] take(ByteBuffer from, long length) {
        byte[] taken = new byte[(int) Math.min(length, from.remaining())];
        from.get(taken);
        from.position((int) Math.min(from.limit(), roundUp(from.position())));
        return taken;
    }

    private void add(long place, String owner, int type, byte[] content) {
        if (owner.equals("Xen")) {
            if (xen.size() == MAX_NOTES) {
                throw bytes.refuse(place, "there are more than " + MAX_NOTES + " kinds of Xen notes");
            }
            xen.put(XenNote.name(type), XenNote.tell(type, content));
        } else if (owner.equals("Linux") && type == LINUX_BUILD_SALT) {
            linux = "Linux " + XenNote.text(content);
        }
    }
}

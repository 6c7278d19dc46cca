package dev.xcs.hypervisor.xen;

import com.sun.jna.Pointer;
import dev.xcs.model.BootModules;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One {@code struct xc_dom_image}: the builder's state of one build, released on close. For one thread. */
final class DomImage implements AutoCloseable {
    private final XenInterface xc;
    private final LibXenGuest guest;
    private final DomImageLayout layout;
    private final Pointer image;

    private DomImage(XenInterface xc, DomImageLayout layout, Pointer image) {
        this.xc = xc;
        this.guest = xc.libraries().guest();
        this.layout = layout;
        this.image = image;
    }

    static DomImage allocate(XenInterface xc, DomImageLayout layout, @Nullable String cmdline) {
        Pointer image = xc.libraries().guest().xc_dom_allocate(xc.handle(), cmdline, null);
        if (image == null) {
            throw xc.lastError().toProblem("xc_dom_allocate", "").toException();
        }
        return new DomImage(xc, layout, image);
    }

    Pointer pointer() {
        return image;
    }

    long field(int offset) {
        return image.getLong(offset);
    }

    int intField(int offset) {
        return image.getInt(offset);
    }

    void setInt(int offset, int value) {
        image.setInt(offset, value);
    }

    void setLong(int offset, long value) {
        image.setLong(offset, value);
    }

    void setFlag(int offset) {
        image.setByte(offset, (byte) 1);
    }

    void setPointer(int offset, Pointer value) {
        image.setPointer(offset, value);
    }

    /** The C string behind a pointer field, empty for a null pointer. */
    String stringField(int offset) {
        Pointer text = image.getPointer(offset);
        return text == null ? "" : text.getString(0, StandardCharsets.UTF_8.name());
    }

    String capabilities() {
        return image.getString(layout.xenCaps(), StandardCharsets.US_ASCII.name());
    }

    /** Stands in for xc_dom_boot_xen_init where there is no hypervisor: enough for parsing. */
    void pretend(int domid, String capabilities) {
        image.setInt(layout.guestDomid(), domid);
        image.setString(layout.xenCaps(), capabilities, StandardCharsets.US_ASCII.name());
    }

    void kernel(NativeBytes kernel) {
        check(guest.xc_dom_kernel_mem(image, kernel.address(), kernel.size()), "xc_dom_kernel_mem", kernel.toString());
    }

    void modules(List<NativeBytes> modules) {
        if (modules.size() > BootModules.MAX) {
            throw new IllegalArgumentException(modules.size() + " modules");
        }
        for (NativeBytes module : modules) {
            check(
                    guest.xc_dom_module_mem(image, module.address(), module.size(), null),
                    "xc_dom_module_mem",
                    module.toString());
        }
    }

    void parse(String kernel) {
        check(guest.xc_dom_parse_image(image), "xc_dom_parse_image", kernel);
    }

    /** The kernel as the loader sees it; after {@link #parse} it is decompressed. Valid until this is closed. */
    Pointer kernelBlob() {
        return image.getPointer(DomImageLayout.KERNEL_BLOB);
    }

    long kernelSize() {
        return image.getLong(DomImageLayout.KERNEL_SIZE);
    }

    /** Throws what libxenguest says of a call that did not return 0. */
    void check(int result, String call, String argument) {
        if (result != 0) {
            Problem problem = xc.lastError().toProblem(call, argument);
            String log = xc.log();
            throw (log.isEmpty() ? problem : problem.withCause(cause(problem, log))).toException();
        }
    }

    private static String cause(Problem problem, String log) {
        String known = problem.cause();
        return (known == null ? "" : known + "; ") + "libxenguest: " + log.replaceAll("\\s*\n\\s*", " | ");
    }

    /** Refuses to go on when a field does not hold what it must: the offsets are wrong. */
    void require(boolean holds, String field, Object found) {
        if (!holds) {
            throw mismatch(field, found);
        }
    }

    static ProblemException mismatch(String field, Object found) {
        return Problem.of(
                        ProblemType.HYPERVISOR,
                        "xc_dom_image." + field + " holds " + found + ": its layout is not the known one")
                .withStep("self-check")
                .withCause("libxenguest was built differently from the release it names")
                .toException();
    }

    @Override
    public void close() {
        guest.xc_dom_release(image);
    }
}

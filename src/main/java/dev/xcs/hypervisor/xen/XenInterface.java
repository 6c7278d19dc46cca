package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import dev.xcs.hypervisor.HypervisorLog;
import dev.xcs.model.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One xc_interface. Its last error is shared, so one thread at a time. */
final class XenInterface implements AutoCloseable {
    private static final int CAPABILITIES_BYTES = 1024;
    private static final int LOG_BYTES = 16 * 1024;
    private static final int LAST_ERROR_MESSAGE = 4;

    private final XenLibraries libraries;
    private final CallLog log;
    private final Pointer handle;

    private XenInterface(XenLibraries libraries, CallLog log, Pointer handle) {
        this.libraries = libraries;
        this.log = log;
        this.handle = handle;
    }

    /** A handle for queries and single calls, silent. */
    static XenInterface open(XenLibraries libraries) {
        return open(libraries, 0, LibXenToolLog.XTL_CRITICAL);
    }

    /** A handle for one build, which keeps what the builder says. */
    static XenInterface openForBuild(XenLibraries libraries) {
        return open(libraries, 0, LibXenToolLog.XTL_ERROR);
    }

    /** A handle without a hypervisor, for parsing kernels. A hypercall through it crashes the process. */
    static XenInterface openDummy(XenLibraries libraries) {
        return open(libraries, LibXenCtrl.XC_OPENFLAG_DUMMY, LibXenToolLog.XTL_ERROR);
    }

    private static XenInterface open(XenLibraries libraries, int flags, int level) {
        CallLog log = new CallLog(libraries, level);
        Pointer handle = libraries.ctrl().xc_interface_open(log.pointer(), log.pointer(), flags);
        if (handle == null) {
            ProblemException failure = CallFailure.last("xc_interface_open", flags);
            log.close();
            throw failure;
        }
        return new XenInterface(libraries, log, handle);
    }

    Pointer handle() {
        return handle;
    }

    XenLibraries libraries() {
        return libraries;
    }

    /** What was logged through this handle. */
    String log() {
        return log.text();
    }

    /** What libxenctrl noted about the last failure. */
    BuildError lastError() {
        Pointer error = libraries.ctrl().xc_get_last_error(handle);
        return new BuildError(error.getInt(0), error.getString(LAST_ERROR_MESSAGE, StandardCharsets.UTF_8.name()));
    }

    XenVersion version() {
        int code = libraries.ctrl().xc_version(handle, LibXenCtrl.XENVER_VERSION, null);
        if (code < 0) {
            throw CallFailure.last("xc_version", "XENVER_version");
        }
        return XenVersion.ofCode(code);
    }

    List<String> capabilities() {
        try (Memory text = new Memory(CAPABILITIES_BYTES)) {
            text.clear();
            if (libraries.ctrl().xc_version(handle, LibXenCtrl.XENVER_CAPABILITIES, text) < 0) {
                throw CallFailure.last("xc_version", "XENVER_capabilities");
            }
            return List.of(
                    text.getString(0, StandardCharsets.US_ASCII.name()).strip().split(" +"));
        }
    }

    PhysInfo physInfo(PhysInfoLayout layout) {
        try (Memory answer = new Memory(PhysInfoLayout.BUFFER_BYTES)) {
            answer.clear();
            if (libraries.ctrl().xc_physinfo(handle, answer) < 0) {
                throw CallFailure.last("xc_physinfo", "");
            }
            return layout.read(answer.getByteBuffer(0, PhysInfoLayout.BUFFER_BYTES));
        }
    }

    /** A piece of Xen's console ring from an index on; the ring keeps it. */
    HypervisorLog.Chunk log(long index) {
        try (Memory text = new Memory(LOG_BYTES)) {
            IntByReference count = new IntByReference(LOG_BYTES);
            IntByReference next = new IntByReference((int) index);
            if (libraries.ctrl().xc_readconsolering(handle, text, count, 0, 1, next) < 0) {
                throw CallFailure.last("xc_readconsolering", "index " + index);
            }
            byte[] bytes = text.getByteArray(0, count.getValue());
            return new HypervisorLog.Chunk(
                    new String(bytes, StandardCharsets.ISO_8859_1), Integer.toUnsignedLong(next.getValue()));
        }
    }

    /** Sets a parameter of a guest in an HVM container (public/hvm/params.h). */
    void setParam(int domid, int param, long value) {
        CallFailure.require(
                libraries.ctrl().xc_hvm_param_set(handle, domid, param, value),
                "xc_hvm_param_set",
                domid + ", parameter " + param);
    }

    @Override
    public void close() {
        libraries.ctrl().xc_interface_close(handle);
        log.close();
    }
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import dev.xcs.hypervisor.Domains;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Domains of a real Xen: domctl calls by libxenctrl, builds by libxenguest. */
final class XenDomains implements Domains {
    private static final int BATCH = 256;
    /** DOMID_FIRST_RESERVED: the last domid a guest can have is one less. */
    private static final int FIRST_RESERVED_DOMID = 0x7FF0;

    private static final int MAX_EVTCHN_PORT = 1023;
    /** The hypervisor's default, by command line or built in. */
    private static final int DEFAULT = -1;

    private static final int MAX_PV_VCPUS = 8192;
    private static final int MAX_HVM_VCPUS = 128;
    /** XEN_DOMCTL_CDF_hvm. */
    private static final int HVM_CONTAINER = 1;
    /** XEN_DOMCTL_CDF_hap. */
    private static final int HARDWARE_ASSISTED_PAGING = 2;
    /** XEN_X86_EMU_LAPIC: all that is emulated for a PVH guest. */
    private static final int LOCAL_APIC = 1;
    /** All of XEN_X86_EMU_* but VPCI: what is emulated for an HVM guest, beside what its device model does. */
    private static final int WHOLE_PC = 0x3ff;

    private final XenLibraries libraries;
    private final SharedInterface shared;
    private final XenLayout layout;
    private final XenKernels kernels;
    private final boolean hap;
    private final int grantOpts;
    /** Used under the shared interface's lock only. */
    private final Memory infos;

    private final ByteBuffer infoList;

    XenDomains(XenLibraries libraries, SharedInterface shared, XenLayout layout, XenKernels kernels, PhysInfo host) {
        this.libraries = libraries;
        this.shared = shared;
        this.layout = layout;
        this.kernels = kernels;
        this.hap = host.hap();
        this.grantOpts = host.gnttabV2() ? 2 : 1;
        this.infos = new Memory((long) BATCH * layout.domainInfo().size());
        this.infoList = infos.getByteBuffer(0, infos.size());
    }

    @Override
    public List<DomainInfo> list() {
        return shared.use(xc -> {
            List<DomainInfo> all = new ArrayList<>();
            int first = 0;
            while (true) {
                List<DomainInfo> batch = fetch(xc, first, BATCH);
                all.addAll(batch);
                if (batch.size() < BATCH) {
                    return List.copyOf(all);
                }
                first = batch.get(BATCH - 1).domid() + 1;
            }
        });
    }

    @Override
    public Optional<DomainInfo> find(int domid) {
        // The call gives the first domain at or after the one asked for.
        return shared.use(xc -> fetch(xc, domid, 1).stream()
                .filter(info -> info.domid() == domid)
                .findFirst());
    }

    private List<DomainInfo> fetch(XenInterface xc, int first, int max) {
        int count = libraries.ctrl().xc_domain_getinfolist(xc.handle(), first, max, infos);
        if (count < 0) {
            throw CallFailure.last("xc_domain_getinfolist", first);
        }
        List<DomainInfo> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            found.add(layout.domainInfo().read(infoList, i));
        }
        return found;
    }

    @Override
    public int create(UUID handle, DomainType type, int vcpus) {
        int most = type == DomainType.PV ? MAX_PV_VCPUS : MAX_HVM_VCPUS;
        if (vcpus < 1 || vcpus > most) {
            throw Problem.invalidField("vcpus", vcpus, "1 to " + most).toException();
        }
        try (Memory config = new Memory(CreateDomainLayout.BUFFER_BYTES)) {
            fill(config, handle, type, vcpus);
            IntByReference domid = new IntByReference(0);
            return shared.use(xc -> {
                if (libraries.ctrl().xc_domain_create(xc.handle(), domid, config) < 0) {
                    throw CallFailure.last("xc_domain_create", handle);
                }
                return domid.getValue();
            });
        }
    }

    private void fill(Memory config, UUID handle, DomainType type, int vcpus) {
        CreateDomainLayout at = layout.createDomain();
        config.clear();
        config.setInt(CreateDomainLayout.SSIDREF, at.ssidref());
        ByteBuffer uuid = ByteBuffer.allocate(16)
                .putLong(handle.getMostSignificantBits())
                .putLong(handle.getLeastSignificantBits());
        config.write(CreateDomainLayout.HANDLE, uuid.array(), 0, 16);
        config.setInt(CreateDomainLayout.MAX_VCPUS, vcpus);
        config.setInt(CreateDomainLayout.MAX_EVTCHN_PORT, MAX_EVTCHN_PORT);
        config.setInt(CreateDomainLayout.MAX_GRANT_FRAMES, DEFAULT);
        config.setInt(CreateDomainLayout.MAX_MAPTRACK_FRAMES, DEFAULT);
        if (at.grantOpts() != CreateDomainLayout.ABSENT) {
            config.setInt(at.grantOpts(), grantOpts);
        }
        if (type != DomainType.PV) {
            config.setInt(CreateDomainLayout.FLAGS, HVM_CONTAINER | (hap ? HARDWARE_ASSISTED_PAGING : 0));
            config.setInt(at.emulationFlags(), type == DomainType.HVM ? WHOLE_PC : LOCAL_APIC);
        }
    }

    @Override
    public BuiltDomain build(BuildRequest request) {
        requireGuest("xc_domain_max_vcpus", request.domid());
        if (request.memoryMib() < 1) {
            throw Problem.invalidField("memoryMib", request.memoryMib(), "at least 1")
                    .toException();
        }
        shared.requireOpen();
        return kernels.build(request);
    }

    @Override
    public void pause(int domid) {
        call("xc_domain_pause", domid, xc -> libraries.ctrl().xc_domain_pause(xc.handle(), domid));
    }

    @Override
    public void unpause(int domid) {
        requireGuest("xc_domain_unpause", domid);
        shared.use(xc -> {
            if (libraries.ctrl().xc_domain_unpause(xc.handle(), domid) < 0) {
                int errno = Native.getLastError();
                // What Xen says of a domain that is not paused.
                if (errno != Errno.EINVAL.code()) {
                    throw CallFailure.of("xc_domain_unpause", domid, errno);
                }
            }
            return true;
        });
    }

    @Override
    public void shutdown(int domid, ShutdownReason reason) {
        call("xc_domain_shutdown", domid, xc -> libraries.ctrl().xc_domain_shutdown(xc.handle(), domid, reason.code()));
    }

    @Override
    public void destroy(int domid) {
        requireGuest("xc_domain_destroy", domid);
        shared.requireOpen();
        // Takes as long as the guest is large: not under the lock that the list waits for.
        try (XenInterface xc = XenInterface.open(libraries)) {
            if (libraries.ctrl().xc_domain_destroy(xc.handle(), domid) < 0) {
                throw CallFailure.last("xc_domain_destroy", domid);
            }
        }
    }

    @Override
    public void limitMemory(int domid, long maxKib) {
        call("xc_domain_setmaxmem", domid, xc -> libraries.ctrl().xc_domain_setmaxmem(xc.handle(), domid, maxKib));
    }

    private interface Call {
        int on(XenInterface xc);
    }

    private void call(String name, int domid, Call call) {
        requireGuest(name, domid);
        shared.use(xc -> {
            if (call.on(xc) < 0) {
                throw CallFailure.last(name, domid);
            }
            return true;
        });
    }

    /** Some of these calls would take dom0, and the host with it, at its word; Xen refuses the others with EINVAL. */
    private static void requireGuest(String call, int domid) {
        if (domid <= 0 || domid >= FIRST_RESERVED_DOMID) {
            int errno = Errno.EINVAL.code();
            throw Problem.invalidField("domid", domid, "a guest's domid, 1 to " + (FIRST_RESERVED_DOMID - 1))
                    .withCall(call, Integer.toString(domid))
                    .withErrno(errno, Errno.textOf(errno))
                    .toException();
        }
    }
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import org.jspecify.annotations.Nullable;

/** The memory that Xen may use to translate the addresses of an HVM container. How it is set has changed twice. */
interface PagingPool {
    /** How much such a guest needs, as libxl reckons it. */
    long neededKib(int vcpus, int memoryMib);

    void resize(XenInterface xc, int domid, long kib);

    /** Since 4.17. */
    interface Mempool extends Library {
        int xc_set_paging_mempool_size(Pointer xch, int domid, long bytes);
    }

    /** Of 4.16. */
    interface Shadow extends Library {
        int xc_shadow_control(Pointer xch, int domid, int operation, IntByReference mib, int mode);
    }

    /** Before. */
    interface OldShadow extends Library {
        int xc_shadow_control(
                Pointer xch,
                int domid,
                int operation,
                @Nullable Pointer dirtyBitmap,
                long pages,
                LongByReference mib,
                int mode,
                @Nullable Pointer statistics);
    }

    /** XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION. */
    int SET_ALLOCATION = 31;

    /** @param hap whether the processor translates; if not, Xen keeps a shadow of the guest's own tables too */
    static PagingPool of(XenVersion version, boolean hap) {
        String soname = "libxenctrl.so." + version.series();
        if (version.atLeast(4, 17)) {
            return mempool(XenLibraries.load(soname, Mempool.class), hap);
        }
        return version.atLeast(4, 16)
                ? shadow(XenLibraries.load(soname, Shadow.class))
                : oldShadow(XenLibraries.load(soname, OldShadow.class));
    }

    static PagingPool mempool(Mempool library, boolean hap) {
        return new PagingPool() {
            @Override
            public long neededKib(int vcpus, int memoryMib) {
                return 4 * (256L * vcpus + (hap ? 1L : 2L) * memoryMib);
            }

            @Override
            public void resize(XenInterface xc, int domid, long kib) {
                CallFailure.require(
                        library.xc_set_paging_mempool_size(xc.handle(), domid, kib * 1024),
                        "xc_set_paging_mempool_size",
                        domid + ", " + kib + " KiB");
            }
        };
    }

    private static PagingPool shadow(Shadow library) {
        return new Shadowed() {
            @Override
            int setAllocation(XenInterface xc, int domid, int mib) {
                return library.xc_shadow_control(xc.handle(), domid, SET_ALLOCATION, new IntByReference(mib), 0);
            }
        };
    }

    private static PagingPool oldShadow(OldShadow library) {
        return new Shadowed() {
            @Override
            int setAllocation(XenInterface xc, int domid, int mib) {
                return library.xc_shadow_control(
                        xc.handle(), domid, SET_ALLOCATION, null, 0, new LongByReference(mib), 0, null);
            }
        };
    }

    /** What the two older ways have in common: whole MiB, and always enough for a shadow. */
    abstract class Shadowed implements PagingPool {
        abstract int setAllocation(XenInterface xc, int domid, int mib);

        @Override
        public long neededKib(int vcpus, int memoryMib) {
            return 4 * (256L * vcpus + 2L * memoryMib);
        }

        @Override
        public void resize(XenInterface xc, int domid, long kib) {
            int mib = (int) ((kib + 1023) / 1024);
            CallFailure.require(setAllocation(xc, domid, mib), "xc_shadow_control", domid + ", " + mib + " MiB");
        }
    }
}

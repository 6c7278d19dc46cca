package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A guest in an HVM container with a device model: a PC. What is loaded is hvmloader, which finds the firmware beside it and makes
 * the tables that a PC has; the memory that holds them is read until the image is built.
 */
final class HvmShape implements GuestShape {
    /** What the device model populates by itself: the memory of the display, and the ROMs of its cards. */
    static final int VIDEO_MIB = 16;

    private static final int HVM_CONTAINER = 1;
    private static final int CONTROL_DOMID = 0;

    private static final int STORE_EVTCHN = 2;
    private static final int TIMER_MODE = 10;
    private static final int HPET_ENABLED = 11;
    private static final int VPT_ALIGN = 16;
    private static final int CONSOLE_EVTCHN = 18;
    private static final int NO_DELAY_FOR_MISSED_TICKS = 1;

    private static final long GIB_4 = 1L << 32;
    /** HVM_BELOW_4G_MMIO_LENGTH: room for the cards' memory below 4 GiB. */
    private static final long MMIO_BYTES = 0x1000_0000L;

    private static final long MMIO_START = GIB_4 - MMIO_BYTES;
    /** Below it a PC has its BIOS and the memory of the display. */
    private static final long MIB_1 = 0x10_0000L;

    private static final long VGA_HOLE_PAGES = 0x20;

    /** Where hvmloader finds {@code struct hvm_info_table} (xen/include/public/hvm/hvm_info_table.h). */
    private static final long INFO_FRAME = 0x9f;

    private static final int INFO_AT = 0x800;
    private static final int INFO_LENGTH = 8;
    private static final int INFO_CHECKSUM = 12;
    private static final int INFO_APIC_MODE = 13;
    private static final int INFO_VCPUS = 16;
    private static final int INFO_ONLINE = 32;
    private static final int READ_WRITE = 3;

    private static final long STORE_FRAME = 0xfeffc;
    private static final long CONSOLE_FRAME = 0xfefff;

    private final XenLayout layout;
    private final PagingPool pool;
    private final BuildRequest request;
    private final NativeBytes firmware;
    private @Nullable Memory e820;

    private HvmShape(XenLayout layout, PagingPool pool, BuildRequest request, NativeBytes firmware) {
        this.layout = layout;
        this.pool = pool;
        this.request = request;
        this.firmware = firmware;
    }

    static HvmShape of(XenLayout layout, PagingPool pool, BuildRequest request, KernelLoader loader) {
        if (request.modules().size() != 1) {
            throw new IllegalArgumentException("an HVM guest has one firmware, not " + request.modules());
        }
        NativeBytes firmware = loader.module(request.modules().get(0), request.memoryMib());
        return new HvmShape(layout, pool, request, firmware);
    }

    @Override
    public long overheadKib() {
        return 2048 + poolKib();
    }

    @Override
    public long devicesKib() {
        return VIDEO_MIB * 1024L;
    }

    private long poolKib() {
        return pool.neededKib(request.vcpus(), request.memoryMib() + VIDEO_MIB);
    }

    @Override
    public String guestType() {
        return "hvm-3.0-x86_32";
    }

    @Override
    public void limit(XenInterface xc) {
        xc.setParam(request.domid(), HPET_ENABLED, 1);
        xc.setParam(request.domid(), VPT_ALIGN, 1);
        xc.setParam(request.domid(), TIMER_MODE, NO_DELAY_FOR_MISSED_TICKS);
        pool.resize(xc, request.domid(), poolKib());
    }

    private long lowEnd() {
        return Math.min((long) request.memoryMib() << 20, MMIO_START);
    }

    private long highEnd() {
        long above = ((long) request.memoryMib() << 20) - MMIO_START;
        return above > 0 ? GIB_4 + above : 0;
    }

    @Override
    public void prepare(DomImage image) {
        DomImageLayout at = layout.domImage();
        image.setInt(at.containerType(), HVM_CONTAINER);
        image.setFlag(at.deviceModel());
        image.setLong(at.vgaHoleSize(), VGA_HOLE_PAGES);
        image.setLong(at.targetPages(), request.memoryMib() * 256L);
        image.setLong(at.mmioStart(), MMIO_START);
        image.setLong(at.mmioSize(), MMIO_BYTES);
        image.setLong(at.lowmemEnd(), lowEnd());
        image.setLong(at.highmemEnd(), highEnd());
        image.setPointer(at.systemFirmware(), firmware.address());
        image.setInt(at.systemFirmware() + 8, Math.toIntExact(firmware.size()));
    }

    @Override
    public void furnish(XenInterface xc, DomImage image) {
        int count = highEnd() > 0 ? 2 : 1;
        Memory map = new Memory((long) count * PvhMemoryMap.ENTRY_BYTES);
        e820 = map;
        ram(map, 0, MIB_1, lowEnd() - MIB_1);
        if (count > 1) {
            ram(map, PvhMemoryMap.ENTRY_BYTES, GIB_4, highEnd() - GIB_4);
        }
        CallFailure.require(
                xc.libraries().ctrl().xc_domain_set_memory_map(xc.handle(), request.domid(), map, count),
                "xc_domain_set_memory_map",
                request.domid());
        DomImageLayout at = layout.domImage();
        image.setPointer(at.e820(), map);
        image.setInt(at.e820Entries(), count);
    }

    private static void ram(Memory map, int at, long address, long size) {
        map.setLong(at, address);
        map.setLong(at + 8L, size);
        map.setInt(at + 16L, 1);
    }

    @Override
    public BuiltDomain finish(XenInterface xc, DomImage image, int storePort, int consolePort) {
        xc.setParam(request.domid(), STORE_EVTCHN, storePort);
        xc.setParam(request.domid(), CONSOLE_EVTCHN, consolePort);
        completeInfo(xc.libraries().foreignMemory());
        return new BuiltDomain(storePort, STORE_FRAME, consolePort, CONSOLE_FRAME);
    }

    /** libxenguest tells hvmloader of the memory only; of the processors it has to be told by the toolstack. */
    private void completeInfo(LibXenForeignMemory memory) {
        Pointer handle = memory.xenforeignmemory_open(null, 0);
        if (handle == null) {
            throw CallFailure.last("xenforeignmemory_open", "");
        }
        try {
            long[] frame = {INFO_FRAME};
            Pointer page = memory.xenforeignmemory_map(handle, request.domid(), READ_WRITE, 1, frame, null);
            if (page == null) {
                throw CallFailure.last("xenforeignmemory_map", request.domid() + ", frame " + INFO_FRAME);
            }
            completeInfo(page.getByteBuffer(INFO_AT, 4096 - INFO_AT).order(ByteOrder.LITTLE_ENDIAN));
            memory.xenforeignmemory_unmap(handle, page, 1);
        } finally {
            memory.xenforeignmemory_close(handle);
        }
    }

    private void completeInfo(ByteBuffer info) {
        info.put(INFO_APIC_MODE, (byte) 1);
        info.putInt(INFO_VCPUS, request.vcpus());
        for (int vcpu = 0; vcpu < request.vcpus(); vcpu++) {
            int at = INFO_ONLINE + vcpu / 8;
            info.put(at, (byte) (info.get(at) | 1 << vcpu % 8));
        }
        info.put(INFO_CHECKSUM, (byte) 0);
        int sum = 0;
        for (int at = 0; at < info.getInt(INFO_LENGTH); at++) {
            sum += info.get(at);
        }
        info.put(INFO_CHECKSUM, (byte) -sum);
    }

    @Override
    public void close() {
        firmware.close();
        if (e820 != null) {
            e820.close();
        }
    }
}

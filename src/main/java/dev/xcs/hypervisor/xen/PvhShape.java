package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.xcs.hypervisor.xen.acpi.AcpiTables;
import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest in an HVM container without a device model. What firmware would have made is made here: the memory map and the ACPI tables
 * (docs/misc/pvh.pandoc of Xen); the memory that holds them is read until the image is built.
 */
final class PvhShape implements GuestShape {
    /** enum xc_dom_container_type. */
    private static final int HVM_CONTAINER = 1;

    private static final int TIMER_MODE = 10;
    private static final int NO_DELAY_FOR_MISSED_TICKS = 1;
    private static final int STORE_EVTCHN = 2;
    private static final int CONSOLE_EVTCHN = 18;

    /** {@code struct xc_hvm_firmware_module}: data, length, guest address. */
    private static final int ACPI_MODULE_BYTES = 24;

    /** Of the eight special pages below 0xff000000, the fifth and the eighth. */
    private static final long STORE_FRAME = 0xfeffc;

    private static final long CONSOLE_FRAME = 0xfefff;

    private final XenLayout layout;
    private final PagingPool pool;
    private final BuildRequest request;
    private final AcpiTables acpi;
    private final PvhMemoryMap map;
    private final List<Memory> held = new ArrayList<>();

    PvhShape(XenLayout layout, PagingPool pool, BuildRequest request, XenNotes notes) {
        this.layout = layout;
        this.pool = pool;
        this.request = request;
        this.acpi = AcpiTables.of(request.vcpus(), notes.searchesRsdp());
        this.map = new PvhMemoryMap(request.memoryMib());
    }

    @Override
    public long overheadKib() {
        return 2048 + poolKib();
    }

    private long poolKib() {
        return pool.neededKib(request.vcpus(), request.memoryMib());
    }

    @Override
    public String guestType() {
        return "hvm-3.0-x86_32";
    }

    @Override
    public void limit(XenInterface xc) {
        xc.setParam(request.domid(), TIMER_MODE, NO_DELAY_FOR_MISSED_TICKS);
        pool.resize(xc, request.domid(), poolKib());
    }

    @Override
    public void prepare(DomImage image) {
        DomImageLayout at = layout.domImage();
        image.setInt(at.containerType(), HVM_CONTAINER);
        image.setLong(at.targetPages(), request.memoryMib() * 256L);
        image.setLong(at.mmioStart(), PvhMemoryMap.MMIO_START);
        image.setLong(at.mmioSize(), PvhMemoryMap.GIB_4 - PvhMemoryMap.MMIO_START);
        image.setLong(at.lowmemEnd(), map.lowEnd());
        image.setLong(at.highmemEnd(), map.highEnd());
    }

    @Override
    public void furnish(XenInterface xc, DomImage image) {
        List<AcpiTables.Piece> pieces = acpi.pieces();
        DomImageLayout at = layout.domImage();
        for (int i = 0; i < pieces.size(); i++) {
            AcpiTables.Piece piece = pieces.get(i);
            int module = at.acpiModules() + i * ACPI_MODULE_BYTES;
            image.setPointer(module, hold(piece.bytes()));
            image.setInt(module + 8, piece.bytes().length);
            image.setLong(module + 16, piece.address());
        }
        byte[] ranges = map.e820(pieces);
        int count = ranges.length / PvhMemoryMap.ENTRY_BYTES;
        Pointer e820 = hold(ranges);
        CallFailure.require(
                xc.libraries().ctrl().xc_domain_set_memory_map(xc.handle(), request.domid(), e820, count),
                "xc_domain_set_memory_map",
                request.domid());
        image.setPointer(at.e820(), e820);
        image.setInt(at.e820Entries(), count);
    }

    private Memory hold(byte[] bytes) {
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        held.add(memory);
        return memory;
    }

    /** The ports again: only libraries from 4.17 on have done it. */
    @Override
    public BuiltDomain finish(XenInterface xc, DomImage image, int storePort, int consolePort) {
        xc.setParam(request.domid(), STORE_EVTCHN, storePort);
        xc.setParam(request.domid(), CONSOLE_EVTCHN, consolePort);
        return new BuiltDomain(storePort, STORE_FRAME, consolePort, CONSOLE_FRAME);
    }

    @Override
    public void close() {
        held.forEach(Memory::close);
        held.clear();
    }
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Xen's libraries as a script: every call is noted and succeeds, but for one that may be told to fail. The builder's state is real
 * memory in the layout of 4.17, filled as libxenguest fills it.
 */
final class ScriptedLibraries {
    static final XenVersion VERSION = new XenVersion(4, 17, "");
    static final XenLayout LAYOUT = XenLayout.of(VERSION);
    static final int STORE_FRAME = 0x1111;
    static final int CONSOLE_FRAME = 0x2222;

    /** Calls in their order, without those that only ask. */
    final List<String> calls = new ArrayList<>();

    /** The memory map that Xen was told, and what the builder's state said of ACPI when the image was built. */
    final List<String> e820 = new ArrayList<>();

    final List<String> acpi = new ArrayList<>();
    final Memory image = new Memory(4096);
    /** The page of an HVM guest that has its hvm_info_table, as libxenguest leaves it: 48 bytes long and without processors. */
    final Memory infoPage = new Memory(4096);

    String failing = "";
    int failure = -1;
    int errno;
    int errorCode;
    String errorMessage = "";
    long freePages = 1 << 20;

    private final Memory handle = new Memory(8);
    private final Memory error = new Memory(1028);
    private final Memory p2m = new Memory(16L * Long.BYTES);
    private final Memory guestType = new Memory(64);
    private int nextPort = 1;

    XenLibraries libraries() {
        infoPage.clear();
        infoPage.setString(0x800, "HVM INFO");
        infoPage.setInt(0x808, 48);
        Native.register(LibC.class, NativeLibrary.getInstance("libc.so.6"));
        return new XenLibraries(
                scripted(LibXenCtrl.class),
                scripted(LibXenGuest.class),
                new LibXenEvtchn(),
                scripted(LibXenGntTab.class),
                scripted(LibXenForeignMemory.class),
                scripted(LibXenToolLog.class),
                new LibC());
    }

    <L extends Library> L scripted(Class<L> mapping) {
        InvocationHandler handler = (proxy, method, arguments) -> call(method.getName(), arguments);
        return mapping.cast(Proxy.newProxyInstance(mapping.getClassLoader(), new Class<?>[] {mapping}, handler));
    }

    private Object call(String name, Object[] arguments) {
        switch (name) {
            case "xc_get_last_error" -> {
                error.setInt(0, errorCode);
                error.setString(4, errorMessage);
                return error;
            }
            case "xtl_createlogger_stdiostream" -> {
                return handle;
            }
            case "xtl_logger_destroy" -> {
                return null;
            }
            default -> calls.add(name + shown(name, arguments));
        }
        if (name.equals(failing)) {
            Native.setLastError(errno);
            return failure;
        }
        return succeed(name, arguments);
    }

    private Object succeed(String name, Object[] arguments) {
        DomImageLayout at = LAYOUT.domImage();
        switch (name) {
            case "xc_interface_open", "xenforeignmemory_open" -> {
                return handle;
            }
            case "xenforeignmemory_map" -> {
                return infoPage;
            }
            case "xc_physinfo" -> ((Pointer) arguments[1]).setLong(48, freePages);
            case "xc_evtchn_alloc_unbound" -> {
                return nextPort++;
            }
            case "xc_dom_allocate" -> {
                image.clear();
                return image;
            }
            case "xc_dom_release" -> {
                return null;
            }
            case "xc_dom_boot_xen_init" -> {
                image.setInt(at.guestDomid(), (Integer) arguments[2]);
                image.setInt(at.xenVersion(), VERSION.code());
            }
            case "xc_dom_parse_image" -> {
                boolean pv = image.getInt(at.containerType()) == 0;
                guestType.setString(0, pv ? "xen-3.0-x86_64" : "hvm-3.0-x86_32");
                image.setPointer(at.guestType(), guestType);
            }
            case "xc_dom_mem_init" -> image.setLong(at.totalPages(), (Integer) arguments[1] * 256L);
            case "xc_domain_set_memory_map" -> readMemoryMap((Pointer) arguments[2], (Integer) arguments[3]);
            case "xc_dom_build_image" -> {
                readAcpi(at);
                placePages(at);
            }
            default -> {}
        }
        return 0;
    }

    private void readMemoryMap(Pointer map, int entries) {
        for (int at = 0; at < entries * 20; at += 20) {
            e820.add(String.format("%x+%x %d", map.getLong(at), map.getLong(at + 8), map.getInt(at + 16)));
        }
    }

    private void readAcpi(DomImageLayout at) {
        for (int module = at.acpiModules(); image.getInt(module + 8) > 0; module += 24) {
            String first = new String(image.getPointer(module).getByteArray(0, 8), StandardCharsets.ISO_8859_1)
                    .replace('\0', '.');
            acpi.add(String.format("%x+%x %s", image.getLong(module + 16), image.getInt(module + 8), first));
        }
    }

    private static String shown(String name, Object[] arguments) {
        return switch (name) {
            case "xc_hvm_param_set", "xc_set_paging_mempool_size" ->
                Arrays.stream(arguments).skip(1).map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
            default -> "";
        };
    }

    private void placePages(DomImageLayout at) {
        p2m.clear();
        p2m.setLong(5L * Long.BYTES, STORE_FRAME);
        p2m.setLong(6L * Long.BYTES, CONSOLE_FRAME);
        image.setLong(at.xenstorePfn(), 5);
        image.setLong(at.consolePfn(), 6);
        image.setPointer(at.pvP2m(), p2m);
        image.setLong(at.p2mSize(), 16);
    }
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

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

    final Memory image = new Memory(4096);
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

    private <L extends Library> L scripted(Class<L> mapping) {
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
            default -> calls.add(name);
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
            case "xc_interface_open" -> {
                return handle;
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
                guestType.setString(0, "xen-3.0-x86_64");
                image.setPointer(at.guestType(), guestType);
            }
            case "xc_dom_mem_init" -> image.setLong(at.totalPages(), (Integer) arguments[1] * 256L);
            case "xc_dom_build_image" -> placePages(at);
            default -> {}
        }
        return 0;
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

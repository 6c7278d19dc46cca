package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.lang.reflect.Method;
import java.util.Map;

/** The native libraries of one version of Xen; two versions never share a process. */
record XenLibraries(
        LibXenCtrl ctrl,
        LibXenGuest guest,
        LibXenEvtchn evtchn,
        LibXenGntTab gnttab,
        LibXenForeignMemory foreignMemory,
        LibXenToolLog toolLog,
        LibC libc) {
    /** Paths and command lines are UTF-8 whatever the locale of the daemon is. */
    private static final Map<String, Object> OPTIONS = Map.of(Library.OPTION_STRING_ENCODING, "UTF-8");

    private static final String SEARCH_PATH = "jna.platform.library.path";

    /** Loads everything by full soname and looks every function up, so that none is found missing in the middle of a build. */
    static XenLibraries load(XenVersion version) {
        requireJna();
        // The order matters: libxenguest finds its libxenctrl already there.
        return new XenLibraries(
                load("libxenctrl.so." + version.series(), LibXenCtrl.class),
                load("libxenguest.so." + version.series(), LibXenGuest.class),
                register("libxenevtchn.so.1", new LibXenEvtchn()),
                load("libxengnttab.so.1", LibXenGntTab.class),
                load("libxenforeignmemory.so.1", LibXenForeignMemory.class),
                load("libxentoollog.so.1", LibXenToolLog.class),
                register("libc.so.6", new LibC()));
    }

    /** The library behind the program nft, of which a dom0 without guards has no need. */
    static LibNftables loadNftables() {
        String soname = "libnftables.so.1";
        try {
            return lookedUp(soname, LibNftables.class);
        } catch (UnsatisfiedLinkError e) {
            throw missing(soname, e, "rules for vifs and NAT need it (Debian: apt install libnftables1)");
        }
    }

    static <L extends Library> L load(String soname, Class<L> mapping) {
        try {
            return lookedUp(soname, mapping);
        } catch (UnsatisfiedLinkError e) {
            throw missing(soname, e);
        }
    }

    private static <L extends Library> L lookedUp(String soname, Class<L> mapping) {
        NativeLibrary library = NativeLibrary.getInstance(soname, OPTIONS);
        for (Method method : mapping.getDeclaredMethods()) {
            library.getFunction(method.getName());
        }
        return Native.load(soname, mapping, OPTIONS);
    }

    /** Binds a class with native methods: about thirty times as fast to call as an interface. */
    private static <L> L register(String soname, L mapping) {
        try {
            Native.register(mapping.getClass(), NativeLibrary.getInstance(soname, OPTIONS));
            return mapping;
        } catch (UnsatisfiedLinkError e) {
            throw missing(soname, e);
        }
    }

    /** JNA's own native part, without which no library can be named as missing. */
    private static void requireJna() {
        // Otherwise JNA runs ldconfig, to learn what dlopen knows anyway.
        if (System.getProperty(SEARCH_PATH) == null) {
            System.setProperty(SEARCH_PATH, "");
        }
        try {
            if (Native.POINTER_SIZE == 8 && Platform.isIntel() && Platform.isLinux()) {
                return;
            }
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            Problem problem = Problem.of(
                            ProblemType.IMPOSSIBLE, "JNA cannot be used: " + firstLine(String.valueOf(e.getMessage())))
                    .withStep("load")
                    .withCause("the directory for temporary files may be mounted noexec: name another by -Djna.tmpdir");
            throw new ProblemException(problem, e);
        }
        Problem problem = Problem.of(
                        ProblemType.IMPOSSIBLE, "this is " + Platform.RESOURCE_PREFIX + ", expected linux-x86-64")
                .withStep("load");
        throw (Platform.isNetBSD()
                        ? problem.withCause(
                                "xcsd knows NetBSD's devices and network, but speaks to Xen's libraries only with"
                                        + " Linux's C library so far; the simulated host works everywhere")
                        : problem)
                .toException();
    }

    private static ProblemException missing(String soname, UnsatisfiedLinkError e) {
        return missing(
                soname,
                e,
                "the Xen libraries of the running version are not installed"
                        + " (Debian: libxenmisc of that version, libxenevtchn1, libxengnttab1, libxenforeignmemory1)");
    }

    private static ProblemException missing(String soname, UnsatisfiedLinkError e, String cause) {
        Problem problem = Problem.of(
                        ProblemType.IMPOSSIBLE,
                        soname + " cannot be used: " + firstLine(String.valueOf(e.getMessage())))
                .withStep("load")
                .withCall("dlopen", soname)
                .withCause(cause);
        return new ProblemException(problem, e);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** libxentoollog.so.1. A null pointer failed with errno. */
interface LibXenToolLog extends Library {
    /** Levels of xentoollog.h. */
    int XTL_ERROR = 8;

    int XTL_CRITICAL = 9;

    @Nullable
    Pointer xtl_createlogger_stdiostream(Pointer file, int minLevel, int flags);

    void xtl_logger_destroy(Pointer logger);
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;

/**
 * A logger for a xc_interface that collects messages in memory. Without one libxenctrl writes to the standard error stream. Not
 * safe for two threads.
 */
final class CallLog implements AutoCloseable {
    private static final int MAX_TEXT_BYTES = 4096;

    private final XenLibraries libraries;
    private final Memory cells = new Memory(2L * Native.POINTER_SIZE);
    private final Pointer file;
    private final Pointer logger;

    /** @param level the lowest level that is kept, of {@link LibXenToolLog} */
    CallLog(XenLibraries libraries, int level) {
        this.libraries = libraries;
        cells.clear();
        Pointer stream = libraries.libc().open_memstream(cells, cells.share(Native.POINTER_SIZE));
        if (stream == null) {
            throw CallFailure.last("open_memstream", "");
        }
        Pointer made = libraries.toolLog().xtl_createlogger_stdiostream(stream, level, 0);
        if (made == null) {
            libraries.libc().fclose(stream);
            throw CallFailure.last("xtl_createlogger_stdiostream", level);
        }
        this.file = stream;
        this.logger = made;
    }

    Pointer pointer() {
        return logger;
    }

    /** What was logged, cut after 4 KiB. */
    String text() {
        libraries.libc().fflush(file);
        Pointer text = cells.getPointer(0);
        long bytes = Math.min(MAX_TEXT_BYTES, cells.getLong(Native.POINTER_SIZE));
        return text == null || bytes <= 0
                ? ""
                : new String(text.getByteArray(0, (int) bytes), StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        libraries.toolLog().xtl_logger_destroy(logger);
        libraries.libc().fclose(file);
        libraries.libc().free(cells.getPointer(0));
        cells.close();
    }
}

package dev.xcs.hypervisor.xen;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * nftables of the network namespace in which it was first used, by the library of the program nft: no process is started. The library
 * is loaded when it is first needed, so that a host without it can do whatever needs no rules. One thread at a time.
 */
final class Nftables implements AutoCloseable {
    private static final int NETLINK_NETFILTER = 12;

    private final LibC libc;
    private final Supplier<LibNftables> library;
    private @Nullable Context opened;

    /** @param library loads it, or fails with a problem that says what is missing */
    Nftables(LibC libc, Supplier<LibNftables> library) {
        this.libc = libc;
        this.library = library;
    }

    /** Whether it has been needed, or can be used. */
    boolean isUsable() {
        try {
            context();
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    /** All of the commands, or none. */
    void run(String commands) {
        Context context = context();
        if (context.run(commands) != 0) {
            throw failure(commands, context.said());
        }
    }

    /** Whether the kernel would take the commands. */
    boolean allows(String commands) {
        Context context = context();
        context.library().nft_ctx_set_dry_run(context.pointer(), true);
        try {
            return context.run(commands) == 0;
        } finally {
            context.library().nft_ctx_set_dry_run(context.pointer(), false);
        }
    }

    /** What a command lists, as JSON (libnftables-json(5)). */
    String list(String command) {
        Context context = context();
        context.library().nft_ctx_output_set_flags(context.pointer(), LibNftables.NFT_CTX_OUTPUT_JSON);
        try {
            run(command);
            return Objects.requireNonNullElse(context.library().nft_ctx_get_output_buffer(context.pointer()), "");
        } finally {
            context.library().nft_ctx_output_set_flags(context.pointer(), 0);
        }
    }

    private static ProblemException failure(String commands, String said) {
        String why = said.lines().findFirst().orElse("no reason given").replaceFirst("^.*?Error: ", "");
        return Problem.of(ProblemType.HYPERVISOR, "nftables refused the rules: " + Problem.printable(why))
                .withCall("nft_run_cmd_from_buffer", Problem.printable(commands.replace('\n', ' ')))
                .toException();
    }

    private Context context() {
        Context known = opened;
        if (known == null) {
            LibNftables loaded = library.get();
            requireKernel();
            known = Context.open(loaded);
            opened = known;
        }
        return known;
    }

    /** The library ends the process when it gets no socket for this. */
    private void requireKernel() {
        int fd = libc.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_NETFILTER);
        if (fd < 0) {
            int errno = Native.getLastError();
            throw Problem.of(ProblemType.IMPOSSIBLE, "nftables cannot be used: " + Errno.show(errno))
                    .withCall("socket", "NETLINK_NETFILTER")
                    .withErrno(errno, Errno.textOf(errno))
                    .withCause("the kernel has no nf_tables: modprobe nf_tables")
                    .toException();
        }
        libc.close(fd);
    }

    @Override
    public void close() {
        Context known = opened;
        opened = null;
        if (known != null) {
            known.library().nft_ctx_free(known.pointer());
        }
    }

    private record Context(LibNftables library, Pointer pointer) {
        static Context open(LibNftables library) {
            Pointer made = library.nft_ctx_new(LibNftables.NFT_CTX_DEFAULT);
            if (made == null) {
                throw CallFailure.of("nft_ctx_new", "", Errno.ENOMEM.code());
            }
            library.nft_ctx_buffer_output(made);
            library.nft_ctx_buffer_error(made);
            return new Context(library, made);
        }

        int run(String commands) {
            return library.nft_run_cmd_from_buffer(pointer, commands);
        }

        String said() {
            return Objects.requireNonNullElse(library.nft_ctx_get_error_buffer(pointer), "");
        }
    }
}

package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorContract;
import dev.xcs.model.BuiltDomain;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.FrameDecoder;
import dev.xcs.xenstore.wire.Op;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real Xen, in its dom0, with the grub of Debian's grub-xen-host as guest. Skipped everywhere else. */
class XenHypervisorIT extends HypervisorContract {
    private static final Path SOCKET = Path.of("/run/xenstored/socket");
    private static final List<Path> KERNELS =
            List.of(Path.of("/opt/lab/grub-x86_64-xen.bin"), Path.of("/usr/lib/grub-xen/grub-x86_64-xen.bin"));

    @BeforeAll
    static void needsXen() {
        assumeTrue(XenHypervisor.present(Path.of("/")), "this is not a Xen host");
        assumeTrue(Files.exists(SOCKET), "no xenstored at " + SOCKET);
        assumeTrue(KERNELS.stream().anyMatch(Files::exists), "no grub-x86_64-xen.bin (Debian: grub-xen-host)");
    }

    @Override
    protected Hypervisor open() {
        return XenHypervisor.open(XenOptions.of(Path.of("unused"), 0));
    }

    @Override
    protected String kernel() {
        return KERNELS.stream()
                .filter(Files::exists)
                .map(Path::toString)
                .findFirst()
                .orElseThrow();
    }

    @Override
    protected String prompt() {
        return "grub>";
    }

    /** Generous, as an emulated host is slow. */
    @Override
    protected Duration patience() {
        return Duration.ofSeconds(60);
    }

    @Override
    protected void publish(int domid, BuiltDomain built) {
        String home = home(domid);
        Map<String, String> nodes = Map.of(
                "domid",
                Integer.toString(domid),
                "name",
                "contract-" + domid,
                "console/type",
                "xcs",
                "console/port",
                Integer.toString(built.consolePort()),
                "console/ring-ref",
                Long.toString(built.consoleFrame()),
                "device",
                "");
        nodes.forEach((key, value) ->
                xenstore(Op.WRITE, Frame.pathAndValue(home + "/" + key, value.getBytes(StandardCharsets.US_ASCII))));
        xenstore(Op.SET_PERMS, Frame.strings(home, "n0", "r" + domid));
        xenstore(
                Op.INTRODUCE,
                Frame.strings(
                        Integer.toString(domid),
                        Long.toString(built.storeFrame()),
                        Integer.toString(built.storePort())));
    }

    /** Xen lists its debug keys in its log. */
    @Override
    protected void provokeLogLine() {
        try {
            assertThat(new ProcessBuilder("xl", "debug-keys", "h")
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    protected void unpublish(int domid) {
        // An error when the test did not publish it.
        xenstore(Op.RM, Frame.strings(home(domid)));
    }

    private static String home(int domid) {
        return "/local/domain/" + domid;
    }

    private static Frame xenstore(Op op, byte[] payload) {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(SOCKET))) {
            socket.write(ByteBuffer.wrap(new Frame(op, 1, 0, payload).encode()));
            List<Frame> replies = new ArrayList<>();
            FrameDecoder decoder = new FrameDecoder(Frame.MAX_REPLY_PAYLOAD, replies::add);
            ByteBuffer into = ByteBuffer.allocate(8192);
            while (replies.isEmpty() && socket.read(into.clear()) >= 0) {
                decoder.feed(into.array(), 0, into.position());
            }
            return replies.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

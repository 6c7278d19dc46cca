package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import dev.xcs.hypervisor.netbsd.NetbsdBlockDevices;
import dev.xcs.hypervisor.netbsd.NetbsdNetworkDevices;
import dev.xcs.model.HostLink;
import dev.xcs.model.IpAddress;
import dev.xcs.platform.Dom0;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapters that are chosen, on a made-up system whose programs are of our own making. */
class Dom0DevicesTest {
    @TempDir
    Path root;

    private final List<String> calls = new ArrayList<>();

    private final LibC libc = new LibC() {
        @Override
        int open(String path, int flags) {
            calls.add("open " + path + " " + flags);
            return path.endsWith("fd0a") ? 4 : 3;
        }

        @Override
        int ioctl(int fd, long request, long argument) {
            calls.add("ioctl " + fd + " " + Long.toHexString(request));
            if (fd == 4) {
                return -1;
            }
            new Pointer(argument).setLong(0, 1 << 30);
            return 0;
        }

        @Override
        int close(int fd) {
            calls.add("close " + fd);
            return 0;
        }
    };

    private void program(String path, String output) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\ncat <<'EOF'\n" + output + "EOF\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aDom0WithNetbsdHasTheAdaptersForIt() throws IOException {
        program("sbin/ifconfig", """
            wm0: flags=0x8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu 1500
            	address: 52:54:00:00:00:02
            	inet 192.0.2.2/24 flags 0
            """);
        program("sbin/brconfig", """
            bridge0: flags=41<UP,RUNNING>
            	Interfaces:
            		wm0 flags=3<LEARNING,DISCOVER>
            """);
        OpenHandles handles = new OpenHandles();

        Dom0Devices devices = Dom0Devices.open(Dom0.NETBSD, libc, root, handles);

        assertThat(devices.network()).isInstanceOf(NetbsdNetworkDevices.class);
        assertThat(devices.block()).isInstanceOf(NetbsdBlockDevices.class);
        assertThat(devices.network().links())
                .containsExactly(new HostLink(
                        "wm0",
                        1,
                        "52:54:00:00:00:02",
                        true,
                        1500,
                        "bridge0",
                        false,
                        null,
                        List.of(new IpAddress("192.0.2.2"))));
        assertThat(root.resolve("var/run/xcs/networks")).isDirectory();
        handles.closeAll();
    }

    @Test
    void asksADeviceForItsSizeByTheIoctlOfNetbsd() {
        NetbsdMediaSize sizes = new NetbsdMediaSize(libc);

        assertThat(sizes.of("/dev/wd0e")).hasValue(1 << 30);
        assertThat(sizes.of("/dev/fd0a")).isEmpty();
        assertThat(calls)
                .containsExactly(
                        "open /dev/wd0e 0",
                        "ioctl 3 40086484",
                        "close 3",
                        "open /dev/fd0a 0",
                        "ioctl 4 40086484",
                        "close 4");
    }
}

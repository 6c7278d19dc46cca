package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.GuestOs;
import java.util.List;
import java.util.SortedMap;

/** What makes one simulated operating system differ from another: mostly what it prints. */
interface Flavour {
    /** The boot log in order, up to the last line before somebody is logged in. */
    List<BootLine> boot(Facts facts);

    /** A message of the kernel as it stands in the log. */
    String kernelLine(double seconds, String text);

    String panic(Facts facts);

    /** What is printed when somebody is logged in, the prompt not included. */
    String login(Facts facts);

    String prompt(Facts facts);

    /** {@code uname}, or {@code uname -a} when asked for all. */
    String uname(Facts facts, boolean all);

    /** Every file that can be read, by absolute path. */
    SortedMap<String, String> files(Facts facts);

    String processes();

    String free(Facts facts);

    GuestOs os();

    /** What the kernel says of a new disk. */
    List<String> diskAttached(String name, String id, long sectors, int sectorBytes, boolean flushes);

    /** What the kernel says of a disk that went. */
    List<String> diskDetached(String name);

    /** What its network interfaces are called, without their number. */
    String networkPrefix();

    /** What the kernel says of a new network interface. */
    List<String> networkAttached(String name, String id, String mac);

    /** What the kernel says of a network interface that went. */
    List<String> networkDetached(String name);

    /** What ifconfig prints of an interface. */
    String ifconfig(NetFacts facts);

    /** What init and the kernel print when the system goes down, the last line by the kernel. */
    List<String> goingDown(boolean reboot);
}

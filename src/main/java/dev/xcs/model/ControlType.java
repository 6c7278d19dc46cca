package dev.xcs.model;

/**
 * The type of a control message. Names and numbers 0 to 11 are those of the classic control interface (Xen 2.0, public/io/domain_controller.h);
 * 5 was never given out. Types from 64 are ours.
 */
public enum ControlType {
    CONSOLE(0),
    BLKIF_BE(1),
    BLKIF_FE(2),
    NETIF_BE(3),
    NETIF_FE(4),
    SHUTDOWN(6),
    MEM_REQUEST(7),
    USBIF_BE(8),
    USBIF_FE(9),
    VCPU_HOTPLUG(10),
    DEBUG(11),
    /** Lifecycle: what VIRQ_DOM_EXC told in 2005, and what it should have told. */
    DOMAIN(64),
    /** The hypervisor's own log. */
    HYPERVISOR(65);

    private final int number;

    ControlType(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}

package dev.xcs.hypervisor.xen.net;

/** The messages of linux/rtnetlink.h that are used here; each kind of thing has a new, a del and a get. */
public enum Rtm {
    RTM_NEWLINK(16, 16),
    RTM_DELLINK(17, 16),
    RTM_GETLINK(18, 16),
    RTM_NEWADDR(20, 8),
    RTM_DELADDR(21, 8),
    RTM_GETADDR(22, 8),
    RTM_NEWROUTE(24, 12),
    RTM_DELROUTE(25, 12),
    RTM_GETROUTE(26, 12),
    RTM_NEWNEIGH(28, 12),
    RTM_DELNEIGH(29, 12),
    RTM_GETNEIGH(30, 12);

    private final int number;
    private final int headBytes;

    Rtm(int number, int headBytes) {
        this.number = number;
        this.headBytes = headBytes;
    }

    int number() {
        return number;
    }

    /** How long the structure is that stands before the attributes: ifinfomsg, ifaddrmsg, rtmsg or ndmsg. */
    int headBytes() {
        return headBytes;
    }
}

package dev.xcs.hypervisor.sim;

/** What can go wrong on the simulated host, on demand; see {@link Faults} for how to arm one. */
public enum Fault {
    /** {@link #why} is the documentation of each, so that it also reaches those who arm faults by name. */
    LOST_EVENT(
            "An event of a guest to dom0 vanishes: consoles must not hang for ever when hardware or a peer loses one."),
    EVENT_OVERFLOW(
            "The event queue overflows and what was in it is lost: recovery by looking at every port has to work."),
    SPURIOUS_EVENT("A guest's event comes although nothing was printed: readers must bear to find an empty ring."),
    CORRUPT_RING("A guest writes nonsense into its console indices: a hostile guest must harm nobody but itself."),
    STUCK_FRONTEND("A guest neither acknowledges nor obeys control/shutdown: operators must still get rid of it."),
    STUCK_BLKFRONT(
            "A guest's blkfront takes no notice of its back-end, it neither connects nor lets go: deadlines have to "
                    + "end the wait, and force has to work."),
    STUCK_BLKBACK(
            "blkback never gets beyond InitWait, although the device is there: what waits for a disk needs an end."),
    STUCK_NETFRONT(
            "A guest's netfront takes no notice of its back-end, it neither connects nor lets go: a vif must not hold up "
                    + "its guest, and force has to work."),
    LATE_VIF(
            "netback makes its interface well after the back-end's state says that it is there: it has to be waited for."),
    LINK_BUSY("An interface cannot be put on its network, EBUSY: the attach or the create must be taken back."),
    LINK_GONE(
            "An interface vanishes just before it is put on its network, ENODEV: its guest or its back-end has died."),
    FRAME_LOSS("A frame of a guest is lost: nobody may take one silence for a broken network."),
    LOOP_FAILS("There is no free loop device: a create or an attach must be taken back, the other disks with it."),
    DISK_READ_FAILS(
            "A read from the backing fails: the guest is told, the error is counted, and nothing else happens."),
    CRASH_AT_BOOT("A guest panics half-way through its boot: crash handling and the restart guard have to see it."),
    CREATE_ENOMEM(
            "xc_domain_create finds no memory for the domain itself: nothing may be left when the first step fails."),
    BUILD_FAILS("The builder fails after it has populated half of the memory: the undo must give everything back."),
    BUILD_SLOW("The builder takes its time, as with a guest of many GiB: nobody else may wait for it."),
    MAP_CONSOLE_FAILS("The console ring cannot be mapped: a create that got this far has the most to undo."),
    BIND_EINVAL("Another process owns the console's event channel: then the ring must be left alone."),
    UNPAUSE_FAILS("A complete domain cannot be started: the last step of a create is undone too."),
    DESTROY_SLOW("The destroy hypercall blocks, as it does for big guests: other domains go on meanwhile."),
    ZOMBIE("A backend keeps pages of a dead domain until the fault is disarmed: a domid can stay listed as dying."),
    LIST_FAILS("The domain list cannot be had for a moment: what is known must not be taken for gone."),
    SLOW_XENSTORE("Every xenstore reply comes late: deadlines and queues have to hold."),
    XENSTORE_EAGAIN("A transaction's commit conflicts: it has to be repeated from its start."),
    XENSTORE_QUOTA("xenstored refuses a write with EQUOTA: a half-written domain must be taken back."),
    XENSTORE_DISCONNECT("xenstored drops the connection: the client reconnects and everything known is read anew.");

    private final String why;

    Fault(String why) {
        this.why = why;
    }

    /** Why this fault exists, in one sentence. */
    public String why() {
        return why;
    }
}

package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.NetbsdDisks;
import dev.xcs.platform.NetbsdDisks.Vnode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Vnode disks that come and go like loop devices that clear themselves: one that nobody holds is unconfigured as soon as nobody has it open. NetBSD has no
 * such thing, so it is tried again and again. Not thread-safe.
 */
final class VnodeDisks {
    private static final String BUSY = "busy";
    private static final String UNCONFIGURED = "not configured";

    private final Commands commands;
    private final Ledger ledger;
    private final Set<Integer> held = new HashSet<>();

    VnodeDisks(Commands commands, Ledger ledger) {
        this.commands = commands;
        this.ledger = ledger;
    }

    List<Vnode> all() {
        return NetbsdDisks.vnodes(commands.run(NetbsdDisks.vnodes()));
    }

    /** What is known of one that xcsd made, and that nobody else has made of something else since. */
    Optional<VnodeEntry> own(Vnode vnode) {
        return ledger.read(vnode.name()).map(VnodeEntry::parse).filter(entry -> entry.inode() == vnode.inode());
    }

    /** Makes one, which is held. */
    Vnode attach(VnodeEntry entry) {
        sweep();
        List<Vnode> all = all();
        for (Vnode vnode : all) {
            if (vnode.isFree() && configure(vnode, entry)) {
                held.add(vnode.unit());
                return new Vnode(vnode.unit(), entry.inode(), "");
            }
        }
        throw Problem.of(ProblemType.IMPOSSIBLE, "all " + all.size() + " vnode disks are in use")
                .withCall("vndconfig", "-l")
                .withCause("more are made by cd /dev && sh MAKEDEV vnd" + all.size())
                .toException();
    }

    /** @return whether it is the one; not if somebody else was faster */
    private boolean configure(Vnode vnode, VnodeEntry entry) {
        ledger.write(vnode.name(), entry.lines());
        List<String> command = NetbsdDisks.configure(vnode.name(), entry.file(), entry.readOnly());
        CommandRunner.Result result = commands.attempt(command);
        if (result.status() == 0) {
            return true;
        }
        ledger.remove(vnode.name());
        if (result.errors().contains(BUSY)) {
            return false;
        }
        throw Commands.failure(command, result).toException();
    }

    void hold(int unit) {
        held.add(unit);
    }

    void letGo(int unit) {
        if (held.remove(unit)) {
            sweep();
        }
    }

    void letGoAll() {
        held.clear();
        sweep();
    }

    /** Whether one is waited for that somebody else has open. */
    boolean isWaiting() {
        return ledger.names().stream().anyMatch(name -> !held.contains(unit(name)));
    }

    private static int unit(String name) {
        return Integer.parseInt(name.substring("vnd".length()));
    }

    /** Unconfigures those that nobody holds or has open any more. */
    void sweep() {
        for (String name : ledger.names()) {
            if (!held.contains(unit(name))) {
                clear(name);
            }
        }
    }

    private void clear(String name) {
        Optional<Vnode> now =
                all().stream().filter(vnode -> vnode.name().equals(name)).findFirst();
        if (now.isEmpty() || own(now.get()).isEmpty()) {
            // It is somebody else's by now, or nobody's.
            ledger.remove(name);
            return;
        }
        List<String> command = NetbsdDisks.unconfigure(name);
        CommandRunner.Result result = commands.attempt(command);
        if (result.status() == 0 || result.errors().contains(UNCONFIGURED)) {
            ledger.remove(name);
        } else if (!result.errors().contains(BUSY)) {
            throw new ProblemException(Commands.failure(command, result));
        }
    }
}

package dev.xcs.hypervisor.sim.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bridge as NetBSD has it (bridge(4), sys/net/if_bridge.c): it has no address and no end of its own, but its members keep theirs, and the host
 * receives and sends by them. Addresses may be fixed to a member, and what is forwarded may be filtered. Not thread-safe.
 */
public final class MemberBridge implements Switching {
    /** Decides on what is forwarded; the host's own frames are none of its business. */
    public interface Filter {
        /** @param in whether it comes in by that member, else it goes out by it */
        boolean passes(Link member, boolean in, Frame frame);
    }

    private final IpHost host;
    private final Filter filter;
    private final List<Link> members = new ArrayList<>();
    private final Set<Link> mute = new HashSet<>();
    private final Map<HardwareAddress, Link> fixed = new HashMap<>();
    private final Map<HardwareAddress, Link> learned = new HashMap<>();
    private boolean filtering;

    MemberBridge(IpHost host, Filter filter) {
        this.host = host;
        this.filter = filter;
    }

    public List<Link> members() {
        return List.copyOf(members);
    }

    /** Whether what is forwarded is filtered from now on ({@code brconfig ipf}). */
    public void filtering(boolean value) {
        filtering = value;
    }

    public boolean isFiltering() {
        return filtering;
    }

    /** Whether the bridge learns who is behind a member ({@code brconfig learn}). */
    public void learning(Link member, boolean value) {
        if (value) {
            mute.remove(member);
        } else {
            mute.add(member);
            forget(member);
        }
    }

    public boolean isLearning(Link member) {
        return !mute.contains(member);
    }

    /** Says who is behind a member ({@code brconfig static}). */
    public void fix(Link member, HardwareAddress mac) {
        learned.remove(mac);
        fixed.put(mac, member);
    }

    /** Quietly does nothing for an address that is not known; gives whether it was ({@code brconfig deladdr}). */
    public boolean release(HardwareAddress mac) {
        boolean known = fixed.remove(mac) != null;
        return learned.remove(mac) != null || known;
    }

    @Override
    public void add(Link port) {
        members.add(port);
    }

    @Override
    public void remove(Link port) {
        members.remove(port);
        mute.remove(port);
        fixed.values().remove(port);
        forget(port);
    }

    @Override
    public void forget(Link port) {
        learned.values().removeIf(port::equals);
    }

    @Override
    public void forward(@Nullable Link from, byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        if (frame == null || from == null) {
            return;
        }
        if (!frame.from().isGroup() && !mute.contains(from) && !fixed.containsKey(frame.from())) {
            learned.put(frame.from(), from);
        }
        for (Link member : members()) {
            if (frame.to().equals(member.mac())) {
                host.receive(member, bytes);
                return;
            }
        }
        if (filtering && !filter.passes(from, true, frame)) {
            return;
        }
        Link known = placeOf(frame);
        if (known != null) {
            send(known, from, frame);
        } else {
            members().forEach(member -> send(member, from, frame));
        }
        if (frame.to().isGroup()) {
            // A member without an address has nobody who would listen.
            members().stream()
                    .filter(member -> !host.addresses(member).isEmpty())
                    .forEach(member -> host.receive(member, bytes));
        }
    }

    private @Nullable Link placeOf(Frame frame) {
        if (frame.to().isGroup()) {
            return null;
        }
        Link known = fixed.get(frame.to());
        return known == null ? learned.get(frame.to()) : known;
    }

    private void send(Link member, Link from, Frame frame) {
        if (!member.equals(from) && (!filtering || filter.passes(member, false, frame))) {
            member.send(frame.encode());
        }
    }

    /** Unlike what is forwarded, this also goes out by the member that it was sent by. */
    @Override
    public boolean output(Link port, byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        if (frame == null) {
            return true;
        }
        Link known = placeOf(frame);
        if (known != null) {
            known.send(bytes);
        } else {
            members().forEach(member -> member.send(bytes));
        }
        return true;
    }
}

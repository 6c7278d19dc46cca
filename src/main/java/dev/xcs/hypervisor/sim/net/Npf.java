package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a NetBSD host passes packets on: npf(7) with its dynamic rulesets, the switch for forwarding, and published ARP entries. What no rule stops
 * passes, as if the administrator's own rules ended so. Not thread-safe.
 */
public final class Npf implements PacketPath, MemberBridge.Filter {
    private final List<NpfRule> rules = new ArrayList<>();
    private final List<NpfMap> maps = new ArrayList<>();
    private final Map<String, Set<Flow>> states = new HashMap<>();
    private final Map<Nic, Map<IpAddress, HardwareAddress>> published = new HashMap<>();
    private final Nat nat = new Nat();
    private boolean forwarding;

    /** @throws IllegalArgumentException with what cannot be parsed */
    public void add(String text) {
        if (text.startsWith("map ")) {
            maps.add(NpfMap.parse(text));
        } else {
            rules.add(NpfRule.parse(text));
        }
    }

    /** Gives whether it was there; of several that are the same only one goes. */
    public boolean remove(String text) {
        for (NpfRule rule : rules) {
            if (rule.text().equals(text)) {
                rules.remove(rule);
                states.remove(rule.interfaceName());
                return true;
            }
        }
        for (NpfMap map : maps) {
            if (map.text().equals(text)) {
                maps.remove(map);
                if (map.hidden() != null) {
                    nat.forget(map.hidden());
                }
                return true;
            }
        }
        return false;
    }

    public List<String> rules() {
        return rules.stream().map(NpfRule::text).toList();
    }

    public List<String> maps() {
        return maps.stream().map(NpfMap::text).toList();
    }

    /** The switch net.inet.ip.forwarding. */
    public void forwarding(boolean value) {
        forwarding = value;
    }

    public boolean isForwarding() {
        return forwarding;
    }

    /** Published ARP entries of an interface, which may be changed. */
    public Map<IpAddress, HardwareAddress> published(Nic nic) {
        return published.computeIfAbsent(nic, key -> new LinkedHashMap<>());
    }

    public Set<Nic> publishing() {
        return new HashSet<>(published.keySet());
    }

    @Override
    public boolean passes(Link member, boolean in, Frame frame) {
        if (frame.type() == Frame.ARP) {
            return true;
        }
        IpPacket packet = IpPacket.of(frame);
        return packet != null && allows(member.name(), in, packet);
    }

    private boolean allows(String interfaceName, boolean in, IpPacket packet) {
        Flow flow = Flow.of(packet);
        Set<Flow> known = states.getOrDefault(interfaceName, Set.of());
        if (flow != null && (known.contains(flow) || known.contains(flow.inverse()))) {
            return true;
        }
        for (NpfRule rule : rules) {
            if (rule.in() == in
                    && rule.interfaceName().equals(interfaceName)
                    && rule.matches().test(packet)) {
                if (rule.stateful() && flow != null) {
                    states.computeIfAbsent(interfaceName, key -> new HashSet<>())
                            .add(flow);
                }
                return rule.passes();
            }
        }
        return true;
    }

    @Override
    public boolean admits(Nic in, IpPacket packet) {
        return allows(in.name(), true, packet);
    }

    @Override
    public boolean emits(Nic out, IpPacket packet) {
        return allows(out.name(), false, packet);
    }

    @Override
    public IpPacket arriving(Nic in, IpPacket packet) {
        if (maps.stream().noneMatch(map -> map.interfaceName().equals(in.name()))) {
            return packet;
        }
        IpPacket translated = nat.translate(packet);
        Flow flow = Flow.of(packet);
        if (translated != packet || flow == null) {
            return translated;
        }
        return maps.stream()
                .filter(map -> map.interfaceName().equals(in.name()) && map.leads(flow))
                .findFirst()
                .map(map -> nat.lead(packet, flow, map.to(), map.toPort()))
                .orElse(packet);
    }

    @Override
    public boolean passes(Nic in, Nic out, IpPacket packet) {
        return forwarding;
    }

    @Override
    public IpPacket leaving(Nic out, IpPacket packet) {
        if (maps.stream().noneMatch(map -> map.interfaceName().equals(out.name()))) {
            return packet;
        }
        IpPacket translated = nat.translate(packet);
        return translated != packet
                ? translated
                : maps.stream()
                        .filter(map -> map.interfaceName().equals(out.name()) && map.hides(packet))
                        .findFirst()
                        .map(map -> nat.hide(packet, map.outside()))
                        .orElse(packet);
    }

    @Override
    public boolean isProxy(Nic nic, IpAddress wanted) {
        return published.getOrDefault(nic, Map.of()).containsKey(wanted);
    }
}

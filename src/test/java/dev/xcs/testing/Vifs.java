package dev.xcs.testing;

import dev.xcs.model.ByteRate;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Vifs and networks for tests: those that say nothing, and those that say everything. */
public final class Vifs {
    public static final VifSpec NOTHING =
            VifSpec.of(null, null, null, null, null, null, null, null, null, null, null, null, null);

    public static final VifSpec EVERYTHING = new VifSpec(
            null,
            "br0",
            MacAddress.parse("00:16:3e:01:02:03"),
            List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("fd00::5")),
            ByteRate.parse("1250KB/s"),
            9000,
            "web0",
            "vif-own",
            "eth0",
            "e1000",
            false,
            VifLink.DOWN,
            Set.of(VifAllowance.ANY_MAC, VifAllowance.ROUTER_ADVERTISER));

    public static final List<VifSpec> ALL = List.of(NOTHING, EVERYTHING, VifSpec.onNetwork("inside"));

    public static final NetworkSpec NAT = NetworkSpec.of(
            "inside",
            NetworkKind.NAT,
            "natbr",
            true,
            "eth0",
            null,
            Subnet.parse("10.80.0.0/24"),
            true,
            "in.example",
            Map.of("z", IpAddress.parse("10.80.0.9"), "a.b", IpAddress.parse("fd00::1")),
            List.of(PortForward.parse("tcp:8080=10.80.0.5:80"), PortForward.parse("udp:192.0.2.1:53=10.80.0.5")),
            1400);

    public static final List<NetworkSpec> NETWORKS = List.of(
            NAT,
            NetworkSpec.of("lan", null, "xenbr0", null, null, null, null, null, null, null, null, null),
            NetworkSpec.of(
                    "p",
                    NetworkKind.ROUTED,
                    null,
                    null,
                    "eth0",
                    null,
                    Subnet.parse("fd00::/64"),
                    null,
                    null,
                    null,
                    null,
                    null),
            NetworkSpec.of("s", NetworkKind.OPENVSWITCH, "ovs", null, null, 7, null, null, null, null, null, null));

    private Vifs() {}
}

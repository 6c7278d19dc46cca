package dev.xcs.api;

import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.ProblemException;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifSpec;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;

/** Request bodies about networks, checked field by field; the contract says the same in its schemas. */
final class NetworkRequest {
    private static final String V4_EXPECTED = "an IPv4 address";
    private static final IpAddress NO_ADDRESS = IpAddress.parse("0.0.0.0");

    private NetworkRequest() {}

    static NetworkSpec network(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        NetworkSpec network = network(fields);
        fields.finish();
        return network;
    }

    /** What the specification itself refuses is told with everything else that is wrong. */
    private static NetworkSpec network(RequestFields fields) {
        String name = fields.requiredText("name", NetworkSpec::isName, NetworkSpec.NAME_EXPECTED);
        NetworkKind kind = fields.choice("kind", NetworkKind.values(), NetworkKind::json);
        String bridge = fields.text("bridge", InterfaceName::isValid, InterfaceName.EXPECTED);
        Boolean create = fields.flagOrNull("create");
        String uplink = fields.text("uplink", InterfaceName::isValid, InterfaceName.EXPECTED);
        Integer vlan = fields.intOrNull("vlan", 1, NetworkSpec.MAX_VLAN);
        Subnet subnet = fields.value("subnet", Subnet::parse, "a subnet like 10.80.0.0/24");
        Boolean dhcp = fields.flagOrNull("dhcp");
        String domain = fields.text("domain", NetworkSpec::isHost, NetworkSpec.HOST_EXPECTED);
        Map<String, IpAddress> hosts =
                fields.named("hosts", NetworkSpec.MAX_ENTRIES, IpAddress::parse, "an IPv4 or IPv6 address");
        List<PortForward> forwards = fields.objects(
                "forwards", NetworkSpec.MAX_ENTRIES, "objects with hostPort and to", NetworkRequest::forward);
        Integer mtu = fields.intOrNull("mtu", VifSpec.MIN_MTU, VifSpec.MAX_MTU);
        if (fields.isGood()) {
            try {
                return NetworkSpec.of(
                        name, kind, bridge, create, uplink, vlan, subnet, dhcp, domain, hosts, forwards, mtu);
            } catch (ProblemException e) {
                fields.refuse(e.problem());
            }
        }
        return NetworkSpec.of("none", null, "none", null, null, null, null, null, null, null, null, null);
    }

    private static PortForward forward(RequestFields fields) {
        PortForward.Protocol protocol =
                fields.choice("protocol", PortForward.Protocol.values(), PortForward.Protocol::json);
        IpAddress hostAddress = fields.value("hostAddress", IpAddress::parse, V4_EXPECTED);
        int hostPort = fields.requiredInt("hostPort", 1, PortForward.MAX_PORT, "");
        fields.require("to", V4_EXPECTED);
        IpAddress to = fields.value("to", IpAddress::parse, V4_EXPECTED);
        Integer port = fields.intOrNull("port", 1, PortForward.MAX_PORT);
        if (to != null && fields.isGood()) {
            try {
                return PortForward.of(protocol, hostAddress, hostPort, to, port);
            } catch (ProblemException e) {
                fields.refuse(e.problem());
            }
        }
        return PortForward.of(null, null, 1, NO_ADDRESS, null);
    }
}

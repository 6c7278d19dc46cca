package dev.xcs.api;

import dev.xcs.model.ByteRate;
import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifChange;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import io.vertx.core.buffer.Buffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Request bodies about vifs, checked field by field; the contract says the same in its schemas. */
final class VifRequest {
    private static final String MAC_EXPECTED = "an Ethernet address like 00:16:3e:01:02:03";
    private static final String IP_EXPECTED = "an IPv4 or IPv6 address";
    static final String RATE_EXPECTED = "a rate like 10Mb/s or 1MB/s@20ms";

    private VifRequest() {}

    /** Those of a domain that is to be made. No two have the same address or the same name in dom0. */
    static List<VifSpec> vifs(RequestFields fields) {
        List<VifSpec> vifs = fields.objects("vifs", VifSpec.MAX_VIFS, "objects, one for each vif", VifRequest::vif);
        refuseTwice(fields, vifs, "mac", vif -> Optional.ofNullable(vif.mac()).map(MacAddress::text));
        refuseTwice(fields, vifs, "vifname", vif -> Optional.ofNullable(vif.vifname()));
        return vifs;
    }

    private static void refuseTwice(
            RequestFields fields, List<VifSpec> vifs, String field, Function<VifSpec, Optional<String>> part) {
        List<Optional<String>> parts = vifs.stream().map(part).toList();
        for (int i = 0; i < parts.size(); i++) {
            String place = "vifs[" + i + "]." + field;
            int first = parts.indexOf(parts.get(i));
            if (first < i) {
                parts.get(i)
                        .map(text -> Problem.invalidField(place, text, "another than vifs[" + first + "] has"))
                        .ifPresent(fields::refuse);
            }
        }
    }

    static VifSpec vif(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        VifSpec vif = vif(fields);
        fields.finish();
        return vif;
    }

    /** What the specification itself refuses is told with everything else that is wrong. */
    static VifSpec vif(RequestFields fields) {
        String network = network(fields);
        String bridge = bridge(fields);
        MacAddress mac = fields.value("mac", MacAddress::parse, MAC_EXPECTED);
        List<IpAddress> ip = ip(fields);
        ByteRate rate = fields.value("rate", ByteRate::parse, RATE_EXPECTED);
        Integer mtu = fields.intOrNull("mtu", VifSpec.MIN_MTU, VifSpec.MAX_MTU);
        String vifname = fields.text("vifname", InterfaceName::isValid, InterfaceName.EXPECTED);
        String script = fields.text("script", VifSpec::isScript, VifSpec.SCRIPT_EXPECTED);
        String gatewayDev = fields.text("gatewayDev", InterfaceName::isValid, InterfaceName.EXPECTED);
        String model = fields.text("model", VifSpec::isModel, VifSpec.MODEL_EXPECTED);
        Boolean trusted = fields.flagOrNull("trusted");
        VifLink link = link(fields);
        Set<VifAllowance> allow = allow(fields);
        if (fields.isGood()) {
            try {
                return VifSpec.of(
                        network, bridge, mac, ip, rate, mtu, vifname, script, gatewayDev, model, trusted, link, allow);
            } catch (ProblemException e) {
                fields.refuse(e.problem());
            }
        }
        return VifSpec.onBridge(VifSpec.DEFAULT_BRIDGE);
    }

    private static @Nullable String network(RequestFields fields) {
        return fields.text("network", NetworkSpec::isName, NetworkSpec.NAME_EXPECTED);
    }

    private static @Nullable String bridge(RequestFields fields) {
        return fields.text("bridge", InterfaceName::isValid, InterfaceName.EXPECTED);
    }

    private static List<IpAddress> ip(RequestFields fields) {
        return fields.values("ip", VifSpec.MAX_ADDRESSES, IpAddress::parse, IP_EXPECTED);
    }

    private static @Nullable VifLink link(RequestFields fields) {
        return fields.choice("link", VifLink.values(), VifLink::json);
    }

    private static Set<VifAllowance> allow(RequestFields fields) {
        int most = VifAllowance.values().length;
        Set<VifAllowance> allow = EnumSet.noneOf(VifAllowance.class);
        allow.addAll(fields.values("allow", most, VifAllowance::ofJson, VifAllowance.EXPECTED));
        return allow;
    }

    /** What is not in it stays; a rate of null takes the limit away. */
    static VifChange change(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        String network = network(fields);
        String bridge = bridge(fields);
        List<IpAddress> ip = ip(fields);
        VifLink link = link(fields);
        boolean unlimited = fields.isNull("rate");
        ByteRate rate =
                unlimited ? null : fields.value("rate", ByteRate::parse, RATE_EXPECTED + ", or null for no limit");
        VifChange change = VifChange.NOTHING;
        if (fields.isGood()) {
            try {
                change = new VifChange(network, bridge, fields.has("ip") ? ip : null, link, rate, unlimited);
            } catch (ProblemException e) {
                fields.refuse(e.problem());
            }
        }
        fields.finish();
        if (change.equals(VifChange.NOTHING)) {
            throw Problem.of(
                            ProblemType.INVALID_FIELD,
                            "Body: nothing to change, expected one or more of network, bridge, ip, link, rate")
                    .toException();
        }
        return change;
    }
}

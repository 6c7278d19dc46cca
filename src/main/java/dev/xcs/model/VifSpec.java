package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as it was asked for. In JSON everything may be left out.
 *
 * @param network the name of a network of xcsd; absent where a bridge is named
 * @param bridge the name of a bridge in dom0; absent where a network is named. With neither it is xl's default, {@value #DEFAULT_BRIDGE}
 * @param mac absent to let xcsd choose one
 * @param ip its addresses; where there are any, it cannot send from others
 * @param rate how fast the guest may send; absent for no limit
 * @param mtu 68 to 65535; absent for that of its network
 * @param vifname its name in dom0; absent for Xen's own, {@code vifD.I}
 * @param script hotplug script that puts it on its network, in Xen's directory of scripts; absent to let xcsd do it
 * @param gatewayDev dom0's interface that routed addresses are announced on; absent for that of its network
 * @param model what its {@link EmulatedCard} is called; absent for the default, and {@value EmulatedCard#NONE} for a vif without one
 * @param trusted whether the guest trusts the back-end, which is the default
 * @param link whether frames pass, the default
 * @param allow what it may do although guests usually may not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VifSpec(
        @Nullable String network,
        @Nullable String bridge,
        @Nullable MacAddress mac,
        List<IpAddress> ip,
        @Nullable ByteRate rate,
        @Nullable Integer mtu,
        @Nullable String vifname,
        @Nullable String script,
        @Nullable String gatewayDev,
        @Nullable String model,
        boolean trusted,
        VifLink link,
        Set<VifAllowance> allow) {
    /** What xl-network-configuration(5) says. */
    public static final String DEFAULT_BRIDGE = "xenbr0";

    /** Of one domain. Xen and its tools know no limit: far more than any guest has use for, far fewer than would hurt dom0. */
    public static final int MAX_VIFS = 64;

    /** More would be no interface of a guest but a router's table. */
    public static final int MAX_ADDRESSES = 32;

    /** IPv4 needs no less (RFC 791), and Xen's rings carry no more. */
    public static final int MIN_MTU = 68;

    public static final int MAX_MTU = 65535;

    public static final String MTU_EXPECTED = MIN_MTU + " to " + MAX_MTU;

    public static final String NETWORK_OR_BRIDGE = "either a network or a bridge, not both";

    public static final String MODEL_EXPECTED = "1 to 32 letters, digits, - and _";

    public static final String SCRIPT_EXPECTED = "a path of 1 to 1024 letters, digits, / . _ + : @ and -";

    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    /** Narrower than what a file can be called, so that it is safe wherever it goes. */
    private static final Pattern SCRIPT = Pattern.compile("[A-Za-z0-9/._+:@-]{1,1024}");

    /** @throws ProblemException naming the component that cannot be accepted */
    public VifSpec {
        ip = List.copyOf(ip);
        // In one order, so that equal specifications print alike.
        allow = Collections.unmodifiableSet(new TreeSet<>(allow));
        checkPlace(network, bridge);
        check("vifname", vifname, vifname == null || InterfaceName.isValid(vifname), InterfaceName.EXPECTED);
        check(
                "gatewayDev",
                gatewayDev,
                gatewayDev == null || InterfaceName.isValid(gatewayDev),
                InterfaceName.EXPECTED);
        check("mtu", mtu, mtu == null || isMtu(mtu), MTU_EXPECTED);
        check("model", model, model == null || isModel(model), MODEL_EXPECTED);
        check("script", script, script == null || isScript(script), SCRIPT_EXPECTED);
        checkAddresses(ip);
    }

    static void checkPlace(@Nullable String network, @Nullable String bridge) {
        check("network", network, network == null || bridge == null, NETWORK_OR_BRIDGE);
        check("network", network, network == null || NetworkSpec.isName(network), NetworkSpec.NAME_EXPECTED);
        check("bridge", bridge, bridge == null || InterfaceName.isValid(bridge), InterfaceName.EXPECTED);
    }

    static void checkAddresses(List<IpAddress> ip) {
        check("ip", ip.size() + " addresses", ip.size() <= MAX_ADDRESSES, "at most " + MAX_ADDRESSES);
        for (int i = 0; i < ip.size(); i++) {
            IpAddress address = ip.get(i);
            check("ip[" + i + "]", address.text(), address.isHost(), "the address of one host");
            check("ip[" + i + "]", address.text(), ip.indexOf(address) == i, "each address only once");
        }
    }

    /** As JSON gives it. */
    @JsonCreator
    public static VifSpec of(
            @JsonProperty("network") @Nullable String network,
            @JsonProperty("bridge") @Nullable String bridge,
            @JsonProperty("mac") @Nullable MacAddress mac,
            @JsonProperty("ip") @Nullable List<IpAddress> ip,
            @JsonProperty("rate") @Nullable ByteRate rate,
            @JsonProperty("mtu") @Nullable Integer mtu,
            @JsonProperty("vifname") @Nullable String vifname,
            @JsonProperty("script") @Nullable String script,
            @JsonProperty("gatewayDev") @Nullable String gatewayDev,
            @JsonProperty("model") @Nullable String model,
            @JsonProperty("trusted") @Nullable Boolean trusted,
            @JsonProperty("link") @Nullable VifLink link,
            @JsonProperty("allow") @Nullable Set<VifAllowance> allow) {
        return new VifSpec(
                network,
                bridge,
                mac,
                ip == null ? List.of() : ip,
                rate,
                mtu,
                vifname,
                script,
                gatewayDev,
                model,
                !Boolean.FALSE.equals(trusted),
                link == null ? VifLink.UP : link,
                allow == null ? Set.of() : allow);
    }

    /** On a bridge of dom0, with an address that xcsd chooses. */
    public static VifSpec onBridge(String bridge) {
        return of(null, bridge, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** On a network of xcsd, with an address that xcsd chooses. */
    public static VifSpec onNetwork(String network) {
        return of(network, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    public static boolean isMtu(int mtu) {
        return mtu >= MIN_MTU && mtu <= MAX_MTU;
    }

    public static boolean isModel(String text) {
        return MODEL.matcher(text).matches();
    }

    public static boolean isScript(String text) {
        return SCRIPT.matcher(text).matches();
    }

    private static void check(String field, @Nullable Object value, boolean good, String expected) {
        if (!good) {
            throw Problem.invalidField(field, value, expected).toException();
        }
    }

    public VifSpec withMac(MacAddress newMac) {
        return new VifSpec(
                network, bridge, newMac, ip, rate, mtu, vifname, script, gatewayDev, model, trusted, link, allow);
    }

    /** On another network or bridge. */
    public VifSpec moved(@Nullable String newNetwork, @Nullable String newBridge) {
        return new VifSpec(
                newNetwork, newBridge, mac, ip, rate, mtu, vifname, script, gatewayDev, model, trusted, link, allow);
    }

    public VifSpec withIp(List<IpAddress> newIp) {
        return new VifSpec(
                network, bridge, mac, newIp, rate, mtu, vifname, script, gatewayDev, model, trusted, link, allow);
    }

    public VifSpec withRate(@Nullable ByteRate newRate) {
        return new VifSpec(
                network, bridge, mac, ip, newRate, mtu, vifname, script, gatewayDev, model, trusted, link, allow);
    }

    public VifSpec withLink(VifLink newLink) {
        return new VifSpec(
                network, bridge, mac, ip, rate, mtu, vifname, script, gatewayDev, model, trusted, newLink, allow);
    }
}

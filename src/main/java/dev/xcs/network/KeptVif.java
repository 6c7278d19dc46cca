package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.model.EmulatedCard;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One vif of one boot. */
final class KeptVif {
    static final String KIND = "vif";

    private final int index;
    private final MacAddress mac;
    private VifSpec spec;
    private Place place;
    private List<IpAddress> addresses;
    private @Nullable String device;
    private boolean connected;
    private boolean card;

    /** @param addresses those that it was asked for with, and those that its network gave it */
    KeptVif(int index, VifSpec spec, MacAddress mac, Place place, List<IpAddress> addresses) {
        this.index = index;
        this.spec = spec;
        this.mac = mac;
        this.place = place;
        this.addresses = List.copyOf(addresses);
    }

    int index() {
        return index;
    }

    MacAddress mac() {
        return mac;
    }

    VifSpec spec() {
        return spec;
    }

    Place place() {
        return place;
    }

    List<IpAddress> addresses() {
        return addresses;
    }

    /** As it is kept: with what was chosen for it once and for all. */
    VifSpec kept() {
        return spec.withMac(mac);
    }

    /** As it is shown: where it is now, and with the addresses that it has there. */
    VifSpec placed() {
        return kept().moved(place.network(), place.network() == null ? place.bridge() : null)
                .withIp(addresses);
    }

    void change(VifSpec newSpec, Place newPlace, List<IpAddress> newAddresses) {
        spec = newSpec;
        place = newPlace;
        addresses = List.copyOf(newAddresses);
    }

    /** @param name what the back-end calls its interface */
    void bind(String name) {
        device = name;
    }

    /** What its interface in dom0 is called; null before its domain has a domid. */
    @Nullable
    String interfaceName() {
        return spec.vifname() == null ? device : spec.vifname();
    }

    /** There is something in dom0 to undo. */
    void connected(boolean now) {
        connected = now;
    }

    boolean isConnected() {
        return connected;
    }

    /** Its guest's device model has an emulated card of it. */
    void card(boolean now) {
        card = now;
    }

    boolean hasCard() {
        return card;
    }

    DevicePaths paths(int domid) {
        return new DevicePaths(KIND, domid, index);
    }

    /** How its interface in dom0 is to be connected; it has to be bound. */
    VifPort port() {
        String kernels = String.valueOf(device);
        boolean up = spec.link() == VifLink.UP;
        Integer mtu = spec.mtu();
        return new VifPort(
                kernels,
                spec.vifname() == null ? kernels : spec.vifname(),
                mtu == null ? place.mtu() : mtu,
                up ? place.bridge() : null,
                place.kind() == NetworkKind.OPENVSWITCH,
                up ? place.vlan() : null,
                up && place.isRouted() ? addresses : List.of(),
                place.isRouted() ? gateway() : null,
                guard(!up));
    }

    /**
     * How dom0's end of its emulated card is to be connected: as that of the vif, so that it makes no difference by which of both a guest sends.
     * Addresses are routed to one interface only, so there nothing passes by the card.
     */
    VifPort cardPort(int domid) {
        VifPort own = port();
        String name = EmulatedCard.interfaceName(domid, index);
        return new VifPort(
                name,
                name,
                own.mtu(),
                own.bridge(),
                own.openVswitch(),
                own.vlan(),
                List.of(),
                null,
                guard(spec.link() != VifLink.UP || place.isRouted()));
    }

    private @Nullable String gateway() {
        return spec.gatewayDev() == null ? place.uplink() : spec.gatewayDev();
    }

    private VifGuard guard(boolean silent) {
        return new VifGuard(
                spec.allow().contains(VifAllowance.ANY_MAC) ? null : mac,
                spec.allow().contains(VifAllowance.ANY_IP) ? List.of() : addresses,
                spec.allow().contains(VifAllowance.DHCP_SERVER),
                spec.allow().contains(VifAllowance.ROUTER_ADVERTISER),
                silent);
    }
}

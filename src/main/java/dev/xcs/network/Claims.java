package dev.xcs.network;

import dev.xcs.model.HostLink;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifSpec;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Sees to it that no two vifs of this host have the same MAC address, IP address on one network, or name in dom0. */
final class Claims {
    /** Each is another of 16 million addresses. */
    private static final int ATTEMPTS = 16;

    private final VifTable table;
    private final StoredVifs stored;
    private final NativeNetwork devices;

    Claims(VifTable table, StoredVifs stored, NativeNetwork devices) {
        this.table = table;
        this.stored = stored;
        this.devices = devices;
    }

    /**
     * What others than xcsd have on this host, at one moment.
     *
     * @param macs in use, each with its holder
     * @param links interfaces of dom0
     */
    record Strangers(Map<MacAddress, String> macs, List<HostLink> links) {
        Strangers {
            macs = Map.copyOf(macs);
            links = List.copyOf(links);
        }

        Optional<HostLink> link(String name) {
            return links.stream().filter(link -> link.name().equals(name)).findFirst();
        }
    }

    /** Looked up in one go; our own are known without. */
    Future<Strangers> strangers() {
        Future<List<StoredVif>> others = stored.ofAll(domid -> !table.knows(domid));
        Future<List<HostLink>> links = devices.links();
        return Future.join(others, links)
                .compose(both -> living(others.result())
                        .map(domids -> new Strangers(macs(others.result(), domids, links.result()), links.result())));
    }

    /** Nodes that somebody left behind are nobody's use. */
    private Future<Set<Integer>> living(List<StoredVif> others) {
        return others.isEmpty() ? Future.succeededFuture(Set.of()) : devices.domids();
    }

    private static Map<MacAddress, String> macs(List<StoredVif> vifs, Set<Integer> living, List<HostLink> links) {
        Map<MacAddress, String> macs = new HashMap<>();
        for (StoredVif vif : vifs) {
            if (living.contains(vif.domid())) {
                vif.mac().ifPresent(mac -> macs.put(mac, "vif " + vif.index() + " of domid " + vif.domid()));
            }
        }
        for (HostLink link : links) {
            String mac = link.mac();
            if (mac != null && mac.matches("..(:..){5}") && isUnicast(mac)) {
                macs.put(MacAddress.parse(mac), "dom0's interface " + link.name());
            }
        }
        return macs;
    }

    private static boolean isUnicast(String mac) {
        return !mac.equals("00:00:00:00:00:00") && (Integer.parseInt(mac.substring(0, 2), 16) & 1) == 0;
    }

    /** The one that was asked for if it is free, else one of Xen's range that is. */
    MacAddress mac(UUID domain, int index, VifSpec spec, Strangers strangers) {
        MacAddress asked = spec.mac();
        if (asked != null) {
            holder(asked, strangers).ifPresent(holder -> {
                throw taken("mac", asked, holder);
            });
            return asked;
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            MacAddress mac = MacAddress.generated(domain, index, attempt);
            if (holder(mac, strangers).isEmpty()) {
                return mac;
            }
        }
        throw Problem.of(ProblemType.CONFLICT, "No free MAC address was found in " + ATTEMPTS + " attempts")
                .withField("mac")
                .asRetryable()
                .toException();
    }

    private Optional<String> holder(MacAddress mac, Strangers strangers) {
        return table.holder(null, vif -> vif.mac().equals(mac))
                .or(() -> Optional.ofNullable(strangers.macs().get(mac)));
    }

    /** Refuses a name that another vif has. */
    void refuseNamesake(String name) {
        table.holder(null, other -> name.equals(other.interfaceName())).ifPresent(holder -> {
            throw taken("vifname", name, holder);
        });
    }

    static RuntimeException ofDom0(String field, String name) {
        return taken(field, name, "an interface of dom0");
    }

    /**
     * Refuses a vif whose addresses another has.
     *
     * @param vif in the table already or not
     */
    void refuseShared(KeptVif vif, Place place, List<IpAddress> addresses) {
        for (IpAddress address : addresses) {
            table.holder(
                            vif,
                            other -> sameNetwork(place, other.place())
                                    && other.addresses().contains(address))
                    .ifPresent(holder -> {
                        throw taken("ip", address, holder);
                    });
        }
    }

    private static boolean sameNetwork(Place one, Place other) {
        return Objects.equals(one.network(), other.network()) && Objects.equals(one.bridge(), other.bridge());
    }

    private static RuntimeException taken(String field, Object value, String holder) {
        return Problem.of(
                        ProblemType.CONFLICT,
                        field + ": " + Problem.quote(value.toString()) + " is in use by " + holder
                                + ", expected one that nobody else has")
                .withField(field)
                .toException();
    }
}

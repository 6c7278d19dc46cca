package dev.xcs.config;

import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkClash;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts the networks of the configuration together out of what was set; each that cannot be is an error. */
final class NetworkTables {
    private final Map<String, Setting> settings;
    private final List<NetworkSpec> networks = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private NetworkTables(Map<String, Setting> settings) {
        this.settings = settings;
    }

    /**
     * @param settings those of networks by their paths, others are passed over
     * @param refused the paths where something is wrong already: their networks are passed over too
     */
    static NetworkTables of(Map<String, Setting> settings, Set<String> refused) {
        NetworkTables tables = new NetworkTables(settings);
        Set<String> wrong = refused.stream()
                .flatMap(path -> NetworkKeys.network(path).stream())
                .collect(Collectors.toSet());
        tables.names().stream().filter(name -> !wrong.contains(name)).forEach(tables::add);
        return tables;
    }

    /** By name. */
    List<NetworkSpec> networks() {
        return networks;
    }

    List<String> errors() {
        return errors;
    }

    /** The keys that are set, network by network. */
    List<Key<?>> keys() {
        return names().stream()
                .flatMap(name -> NetworkKeys.ALL.stream().map(key -> NetworkKeys.path(name, key)))
                .filter(settings::containsKey)
                .flatMap(path -> NetworkKeys.find(path).stream())
                .<Key<?>>map(key -> key)
                .toList();
    }

    private List<String> names() {
        return settings.keySet().stream()
                .flatMap(path -> NetworkKeys.network(path).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private void add(String name) {
        try {
            NetworkSpec network = network(name);
            networks.stream()
                    .flatMap(present -> NetworkClash.between(network, present).stream())
                    .forEach(clash -> refuse(name, clash));
            networks.add(network);
        } catch (ProblemException e) {
            refuse(name, e.problem());
        }
    }

    /** As every error of the configuration is told: the key, where it was set, its value and what was expected. */
    private void refuse(String name, Problem problem) {
        String field = String.valueOf(problem.field());
        String path = NetworkKeys.path(name, field.split("[\\[.]", 2)[0]);
        String origin =
                Optional.ofNullable(settings.get(path)).map(Setting::origin).orElse("not set");
        errors.add(problem.atField(path + " (" + origin + ")").detail());
    }

    private NetworkSpec network(String name) {
        return NetworkSpec.of(
                name,
                value(name, "kind", NetworkKeys.KIND),
                value(name, "bridge", NetworkKeys.INTERFACE),
                value(name, "create", NetworkKeys.FLAG),
                value(name, "uplink", NetworkKeys.INTERFACE),
                value(name, "vlan", NetworkKeys.VLAN),
                value(name, "subnet", NetworkKeys.SUBNET),
                value(name, "dhcp", NetworkKeys.FLAG),
                value(name, "domain", NetworkKeys.DOMAIN),
                hosts(name),
                value(name, "forwards", NetworkKeys.FORWARDS),
                value(name, "mtu", NetworkKeys.MTU));
    }

    private Map<String, IpAddress> hosts(String name) {
        Map<String, IpAddress> hosts = new TreeMap<>();
        List<Map.Entry<String, IpAddress>> given = value(name, "hosts", NetworkKeys.HOSTS);
        for (Map.Entry<String, IpAddress> host : given == null ? List.<Map.Entry<String, IpAddress>>of() : given) {
            if (hosts.put(host.getKey(), host.getValue()) != null) {
                throw Problem.invalidField("hosts", host.getKey(), "each name once")
                        .toException();
            }
        }
        return hosts;
    }

    private <T> @Nullable T value(String name, String key, Kind<T> kind) {
        Setting setting = settings.get(NetworkKeys.path(name, key));
        return setting == null ? null : kind.parser().apply(setting.text()).orElseThrow();
    }
}

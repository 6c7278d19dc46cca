package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifSpec;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The vifs of one boot of a domain, by index. */
final class DomainVifs {
    private final UUID uuid;
    private final String name;
    private final SortedMap<Integer, KeptVif> vifs = new TreeMap<>();
    private int domid = -1;

    DomainVifs(UUID uuid, String name) {
        this.uuid = uuid;
        this.name = name;
    }

    UUID uuid() {
        return uuid;
    }

    String name() {
        return name;
    }

    int domid() {
        return domid;
    }

    void bind(int newDomid) {
        domid = newDomid;
    }

    void add(KeptVif vif) {
        vifs.put(vif.index(), vif);
    }

    void remove(KeptVif vif) {
        vifs.remove(vif.index(), vif);
    }

    @Nullable
    KeptVif find(int index) {
        return vifs.get(index);
    }

    boolean has(KeptVif vif) {
        return vifs.get(vif.index()) == vif;
    }

    Collection<KeptVif> all() {
        return List.copyOf(vifs.values());
    }

    List<VifSpec> specs() {
        return vifs.values().stream().map(KeptVif::kept).toList();
    }

    DevicePaths paths(KeptVif vif) {
        return vif.paths(domid);
    }

    String describe(KeptVif vif) {
        return "vif " + vif.index() + " of domain " + name;
    }

    /** @throws dev.xcs.model.ProblemException of type NOT_FOUND */
    KeptVif get(int index) {
        KeptVif vif = find(index);
        if (vif == null) {
            throw notFound(name, index).toException();
        }
        return vif;
    }

    static Problem notFound(String domain, int index) {
        return Problem.of(ProblemType.NOT_FOUND, "index: " + index + " is no vif that xcsd gave to domain " + domain)
                .withField("index");
    }
}

package dev.xcs.network;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whatever vifs xcsd has given to its domains. Not for several threads. */
final class VifTable {
    private final Map<UUID, DomainVifs> domains = new HashMap<>();

    /** The vifs of a new boot; fails if there are such of an older one. */
    DomainVifs open(DomainVifs vifs) {
        if (domains.putIfAbsent(vifs.uuid(), vifs) != null) {
            throw Problem.of(ProblemType.CONFLICT, "The vifs of an older boot of " + vifs.name() + " are still there")
                    .asRetryable()
                    .toException();
        }
        return vifs;
    }

    @Nullable
    DomainVifs find(UUID uuid) {
        return domains.get(uuid);
    }

    /** Quietly does nothing where there are those of a newer boot. */
    void remove(DomainVifs vifs) {
        domains.remove(vifs.uuid(), vifs);
    }

    boolean has(DomainVifs vifs) {
        return domains.get(vifs.uuid()) == vifs;
    }

    boolean knows(int domid) {
        return domains.values().stream().anyMatch(vifs -> vifs.domid() == domid);
    }

    Collection<DomainVifs> all() {
        return List.copyOf(domains.values());
    }

    Stream<KeptVif> vifs() {
        return domains.values().stream().flatMap(vifs -> vifs.all().stream());
    }

    /** The first vif but that one, if any, of which it is true, in words. */
    Optional<String> holder(@Nullable KeptVif but, Predicate<KeptVif> what) {
        return domains.values().stream()
                .flatMap(vifs -> vifs.all().stream()
                        .filter(vif -> vif != but && what.test(vif))
                        .map(vifs::describe))
                .findFirst();
    }

    int on(String network) {
        return (int) vifs().filter(vif -> network.equals(vif.place().network())).count();
    }
}

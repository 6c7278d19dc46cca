package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.DomainState;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifChange;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifView;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to the vifs of a domain: an operation in its queue. What a managed domain gets it keeps for its next boots, by its MAC
 * address; one without a boot gets it at its next. Who destroys the domain waits for none of it: what the network backend is at then, the teardown
 * undoes.
 */
final class Vifs {
    private static final Logger LOG = LoggerFactory.getLogger(Vifs.class);

    private final DomainTable table;
    private final VifClient client;
    private final DefinitionLog log;

    Vifs(DomainTable table, VifClient client, DefinitionLog log) {
        this.table = table;
        this.client = client;
        this.log = log;
    }

    /** Not queued: who looks does not wait for what is being done. */
    Future<List<VifView>> show(UUID uuid) {
        KeptDomain domain = table.get(uuid);
        return client.show(domain, specs(domain));
    }

    Future<VifView> attach(UUID uuid, VifSpec vif) {
        return queued(uuid, "attach of a vif", (domain, preemption) -> {
            if (specs(domain).size() >= VifSpec.MAX_VIFS) {
                throw Problem.of(
                                ProblemType.TOO_MANY,
                                domain.name() + " has " + VifSpec.MAX_VIFS + " vifs, and that is the limit")
                        .toException();
            }
            if (domain.domid() < 0) {
                return save(domain, added(domain, vif))
                        .compose(any -> client.show(domain, specs(domain)))
                        .map(views -> views.get(views.size() - 1));
            }
            return preemption
                    .orPreempted(client.plug(domain, vif, domain.state() == DomainState.RUNNING))
                    .compose(view -> save(domain, added(domain, vif.withMac(Objects.requireNonNull(view.mac()))))
                            .map(view));
        });
    }

    /** Takes up the vifs of a guest that ran on; never fails, for the guest has them whether or not xcsd understands them. */
    Future<Void> resume(KeptDomain domain) {
        Definition definition = domain.definition();
        if (definition == null) {
            return Future.succeededFuture();
        }
        return client.resume(definition.spec(), domain.domid())
                .compose(found ->
                        found.equals(specs(domain)) ? Future.succeededFuture() : save(domain, merged(domain, found)))
                .recover(failure -> {
                    LOG.warn("The vifs of {} are not known: {}", domain, failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    /** What is written down stays, as the guest has it where it has it; what it has beside that comes to it. */
    private static List<VifSpec> merged(KeptDomain domain, List<VifSpec> found) {
        List<VifSpec> all = new ArrayList<>(specs(domain));
        for (VifSpec vif : found) {
            int at = indexOf(all, vif.mac());
            // A daemon that ended while the guest booted had no time to write down the address that it chose.
            at = at < 0 ? withoutMac(all) : at;
            if (at < 0) {
                all.add(vif);
            } else {
                all.set(at, vif);
            }
        }
        return all;
    }

    private static int indexOf(List<VifSpec> vifs, @Nullable MacAddress mac) {
        for (int i = 0; mac != null && i < vifs.size(); i++) {
            if (mac.equals(vifs.get(i).mac())) {
                return i;
            }
        }
        return -1;
    }

    private static int withoutMac(List<VifSpec> vifs) {
        for (int i = 0; i < vifs.size(); i++) {
            if (vifs.get(i).mac() == null) {
                return i;
            }
        }
        return -1;
    }

    Future<Void> detach(UUID uuid, int index, boolean force) {
        return queued(uuid, "detach of vif " + index, (domain, preemption) -> {
            if (domain.domid() < 0) {
                return save(domain, without(domain, written(domain, index)));
            }
            return mac(domain, index)
                    .compose(mac -> preemption
                            .orPreempted(client.unplug(domain, index, force))
                            .compose(any -> save(domain, without(domain, indexOf(specs(domain), mac)))));
        });
    }

    /** By this what is written down is found again. */
    private Future<@Nullable MacAddress> mac(KeptDomain domain, int index) {
        return client.show(domain, specs(domain))
                .map(views -> views.stream()
                        .filter(view -> view.index() == index)
                        .findFirst()
                        .orElseThrow(() -> notFound(domain, index))
                        .mac());
    }

    private static int written(KeptDomain domain, int index) {
        if (index < 0 || index >= specs(domain).size()) {
            throw notFound(domain, index);
        }
        return index;
    }

    private static ProblemException notFound(KeptDomain domain, int index) {
        return Problem.of(ProblemType.NOT_FOUND, "index: " + index + " is no vif of " + domain.name())
                .withField("index")
                .toException();
    }

    private static List<VifSpec> without(KeptDomain domain, int at) {
        List<VifSpec> rest = new ArrayList<>(specs(domain));
        if (at >= 0) {
            rest.remove(at);
        }
        return rest;
    }

    Future<VifView> change(UUID uuid, int index, VifChange change) {
        return queued(uuid, "change of vif " + index, (domain, preemption) -> {
            if (domain.domid() < 0) {
                List<VifSpec> all = new ArrayList<>(specs(domain));
                int at = written(domain, index);
                all.set(at, change.appliedTo(all.get(at)));
                return save(domain, all)
                        .compose(any -> client.show(domain, specs(domain)))
                        .map(views -> views.get(at));
            }
            return preemption.orPreempted(client.alter(domain, index, change)).compose(done -> {
                List<VifSpec> all = new ArrayList<>(specs(domain));
                int at = indexOf(all, done.spec().mac());
                if (at >= 0) {
                    all.set(at, done.spec());
                }
                return save(domain, all).map(done.view());
            });
        });
    }

    private <T> Future<T> queued(UUID uuid, String what, BiFunction<KeptDomain, Preemption, Future<T>> work) {
        KeptDomain domain = table.get(uuid);
        StateRules.refuseDom0(domain.domid(), "given vifs");
        return domain.queue().add(what, preemption -> {
            if (domain.isDropped() || domain.isZombie()) {
                throw DomainTable.notFound(uuid).toException();
            }
            return work.apply(domain, preemption);
        });
    }

    private Future<Void> save(KeptDomain domain, List<VifSpec> vifs) {
        Definition definition = domain.definition();
        if (definition == null) {
            return Future.succeededFuture();
        }
        Definition changed = definition.withSpec(definition.spec().withVifs(vifs));
        return log.save(changed).onSuccess(any -> domain.define(changed));
    }

    private static List<VifSpec> added(KeptDomain domain, VifSpec vif) {
        List<VifSpec> all = new ArrayList<>(specs(domain));
        all.add(vif);
        return all;
    }

    private static List<VifSpec> specs(KeptDomain domain) {
        Definition definition = domain.definition();
        return definition == null ? List.of() : definition.spec().vifs();
    }
}

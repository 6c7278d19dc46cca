package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.message.DiskLeft;
import dev.xcs.model.DiskChange;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DiskView;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VirtualDevice;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to the disks of a domain: an operation in its queue. What a managed domain gets it keeps for its next boots; one without a
 * boot gets it at its next. Who destroys the domain waits for none of it: what the block backend is at then, the teardown undoes.
 */
final class Disks {
    private static final Logger LOG = LoggerFactory.getLogger(Disks.class);

    /** Far more than any guest has use for, far fewer than would hurt dom0. */
    static final int MAX_DISKS = 128;

    private final DomainTable table;
    private final DiskClient client;
    private final DefinitionLog log;

    Disks(DomainTable table, DiskClient client, DefinitionLog log) {
        this.table = table;
        this.client = client;
        this.log = log;
    }

    /** Not queued: who looks does not wait for what is being done. */
    Future<List<DiskView>> show(UUID uuid) {
        KeptDomain domain = table.get(uuid);
        return client.show(domain, guestOs(domain), specs(domain));
    }

    Future<DiskView> attach(UUID uuid, DiskSpec disk) {
        return queued(uuid, "attach of " + disk.vdev(), (domain, preemption) -> {
            GuestOs guestOs = guestOs(domain);
            VirtualDevice device = VirtualDevice.parse(disk.vdev(), guestOs);
            refuse(domain, disk, device, guestOs);
            if (domain.domid() < 0) {
                return save(domain, added(domain, disk)).compose(any -> shown(domain, device));
            }
            return preemption
                    .orPreempted(client.plug(domain, guestOs, disk, runs(domain)))
                    .compose(view -> save(domain, added(domain, disk)).map(view));
        });
    }

    /** Takes up the disks of a guest that ran on; never fails, for the guest has them whether or not xcsd understands them. */
    Future<Void> resume(KeptDomain domain) {
        Definition definition = domain.definition();
        if (definition == null) {
            return Future.succeededFuture();
        }
        return client.resume(definition.spec(), domain.domid())
                .map(found -> merged(specs(domain), found, definition.spec().guestOs()))
                .compose(all -> all.equals(specs(domain)) ? Future.succeededFuture() : save(domain, all))
                .recover(failure -> {
                    LOG.warn("The disks of {} are not known: {}", domain, failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private static void refuse(KeptDomain domain, DiskSpec disk, VirtualDevice device, GuestOs guestOs) {
        List<DiskSpec> present = specs(domain);
        if (present.stream().anyMatch(is(device, guestOs))) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "vdev: " + Problem.quote(disk.vdev()) + " is a disk of " + domain.name()
                                    + " already, expected one that it does not have")
                    .withField("vdev")
                    .toException();
        }
        if (present.size() >= MAX_DISKS) {
            throw Problem.of(
                            ProblemType.TOO_MANY, domain.name() + " has " + MAX_DISKS + " disks, and that is the limit")
                    .toException();
        }
    }

    Future<Void> detach(UUID uuid, String vdev, boolean force) {
        return queued(uuid, "detach of " + vdev, (domain, preemption) -> {
            GuestOs guestOs = guestOs(domain);
            VirtualDevice device = VirtualDevice.parse(vdev, guestOs);
            List<DiskSpec> rest = without(domain, device, guestOs);
            if (domain.domid() < 0) {
                refuseMissing(domain, vdev, rest);
                return save(domain, rest);
            }
            boolean written = rest.size() < specs(domain).size();
            refuseDrive(domain, vdev, device);
            return preemption
                    .orPreempted(client.unplug(domain, guestOs, vdev, force))
                    .recover(failure -> written && ProblemException.of(failure).type() == ProblemType.NOT_FOUND
                            ? Future.succeededFuture()
                            : Future.failedFuture(failure))
                    .compose(any -> save(domain, rest));
        });
    }

    /** A guest has given a disk up after its detach had failed: then the next boots do without it too. */
    void forget(DiskLeft left) {
        KeptDomain domain = table.find(left.uuid());
        if (domain == null) {
            return;
        }
        VirtualDevice device = new VirtualDevice(left.virtualDevice());
        domain.queue()
                .add(
                        "late detach of " + device.number(),
                        preemption -> domain.isAt(left.domid())
                                ? save(domain, without(domain, device, guestOs(domain)))
                                : Future.succeededFuture())
                .onFailure(failure -> LOG.warn("{}: {}", domain, failure.getMessage()));
    }

    /** The device model has the image open until it ends, whatever the guest gives up. */
    private static void refuseDrive(KeptDomain domain, String vdev, VirtualDevice device) {
        if (isPc(domain) && device.isPcDrive()) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "vdev: " + Problem.quote(vdev) + " is a drive of the PC " + domain.name()
                                    + ", which keeps it while it runs")
                    .withField("vdev")
                    .toException();
        }
    }

    private static boolean isPc(KeptDomain domain) {
        Definition definition = domain.definition();
        return definition != null && definition.spec().type() == DomainType.HVM;
    }

    private static List<DiskSpec> without(KeptDomain domain, VirtualDevice device, GuestOs guestOs) {
        return specs(domain).stream().filter(is(device, guestOs).negate()).toList();
    }

    private static void refuseMissing(KeptDomain domain, String vdev, List<DiskSpec> rest) {
        if (rest.size() == specs(domain).size()) {
            throw Problem.of(ProblemType.NOT_FOUND, "vdev: " + Problem.quote(vdev) + " is no disk of " + domain.name())
                    .withField("vdev")
                    .toException();
        }
    }

    Future<DiskView> change(UUID uuid, String vdev, DiskChange change) {
        return queued(uuid, "change of " + vdev, (domain, preemption) -> {
            GuestOs guestOs = guestOs(domain);
            if (domain.domid() < 0) {
                throw Problem.of(ProblemType.CONFLICT, domain.name() + " does not run, so its disks are as they are")
                        .toException();
            }
            refuseFixed(domain, change);
            if (!change.medium()) {
                long wanted = Objects.requireNonNull(change.sizeBytes());
                return preemption.orPreempted(client.resize(domain, guestOs, vdev, wanted));
            }
            return preemption
                    .orPreempted(client.medium(domain, guestOs, vdev, change.target(), runs(domain)))
                    .compose(done ->
                            save(domain, replaced(domain, done.disk(), guestOs)).map(done.view()));
        });
    }

    /** The device model of a PC has given up the right to open files, so the drive that the guest sees would keep its medium. */
    private static void refuseFixed(KeptDomain domain, DiskChange change) {
        if (change.medium() && isPc(domain)) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "The CD drives of " + domain.name()
                                    + " keep their media while it runs: it is an HVM domain")
                    .withField("vdev")
                    .toException();
        }
    }

    private <T> Future<T> queued(UUID uuid, String what, BiFunction<KeptDomain, Preemption, Future<T>> work) {
        KeptDomain domain = table.get(uuid);
        StateRules.refuseDom0(domain.domid(), "given disks");
        return domain.queue().add(what, preemption -> {
            if (domain.isDropped() || domain.isZombie()) {
                throw DomainTable.notFound(uuid).toException();
            }
            return work.apply(domain, preemption);
        });
    }

    private Future<DiskView> shown(KeptDomain domain, VirtualDevice device) {
        return client.show(domain, guestOs(domain), specs(domain))
                .map(views -> views.stream()
                        .filter(view -> view.virtualDevice() == device.number())
                        .findAny()
                        .orElseThrow());
    }

    private Future<Void> save(KeptDomain domain, List<DiskSpec> disks) {
        Definition definition = domain.definition();
        if (definition == null) {
            return Future.succeededFuture();
        }
        Definition changed = definition.withSpec(definition.spec().withDisks(disks));
        return log.save(changed).onSuccess(any -> domain.define(changed));
    }

    /** What is written down stays, as the guest has it where it has it; what it has beside that comes to it. */
    private static List<DiskSpec> merged(List<DiskSpec> written, List<DiskSpec> found, GuestOs guestOs) {
        Map<Integer, DiskSpec> all = new LinkedHashMap<>();
        written.forEach(
                disk -> all.put(VirtualDevice.parse(disk.vdev(), guestOs).number(), disk));
        found.forEach(disk -> all.put(VirtualDevice.parse(disk.vdev(), guestOs).number(), disk));
        return List.copyOf(all.values());
    }

    private static List<DiskSpec> added(KeptDomain domain, DiskSpec disk) {
        List<DiskSpec> all = new ArrayList<>(specs(domain));
        all.add(disk);
        return all;
    }

    private static List<DiskSpec> replaced(KeptDomain domain, DiskSpec disk, GuestOs guestOs) {
        Predicate<DiskSpec> same = is(VirtualDevice.parse(disk.vdev(), guestOs), guestOs);
        return specs(domain).stream().map(one -> same.test(one) ? disk : one).toList();
    }

    private static Predicate<DiskSpec> is(VirtualDevice device, GuestOs guestOs) {
        return spec -> VirtualDevice.parse(spec.vdev(), guestOs).equals(device);
    }

    private static boolean runs(KeptDomain domain) {
        return domain.state() == DomainState.RUNNING;
    }

    private static List<DiskSpec> specs(KeptDomain domain) {
        Definition definition = domain.definition();
        return definition == null ? List.of() : definition.spec().disks();
    }

    /** Nobody has said whose names a stranger's disks have. */
    private static GuestOs guestOs(KeptDomain domain) {
        Definition definition = domain.definition();
        DomainSpec spec = definition == null ? null : definition.spec();
        return spec == null ? GuestOs.UNKNOWN : spec.guestOs();
    }
}

package dev.xcs.domain;

import dev.xcs.journal.Definition;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Boots a domain: check, define, create, build, nodes, introduce, console, record, unpause. Whichever step fails, what the ones before did
 * is undone; the problem names the step.
 */
final class Creation {
    private static final Logger LOG = LoggerFactory.getLogger(Creation.class);

    private final XenClient xen;
    private final Census census;
    private final ConsoleClient consoles;
    private final BootImages images;
    private final BootDevices devices;
    private final Xenstore store;
    private final DefinitionLog log;
    private final DomainTable table;
    private final Teardown teardown;
    private final Admission admission;
    private final BuildSlots slots;
    private final DomainMeters meters;

    Creation(
            XenClient xen,
            Census census,
            ConsoleClient consoles,
            BootImages images,
            BootDevices devices,
            Xenstore store,
            DefinitionLog log,
            DomainTable table,
            Teardown teardown,
            Admission admission,
            BuildSlots slots,
            DomainMeters meters) {
        this.xen = xen;
        this.census = census;
        this.consoles = consoles;
        this.images = images;
        this.devices = devices;
        this.store = store;
        this.log = log;
        this.table = table;
        this.teardown = teardown;
        this.admission = admission;
        this.slots = slots;
        this.meters = meters;
    }

    /**
     * @param domain has no boot now; bound to the new one when this succeeds, to none when it fails
     * @param definition as it is on disk, or is to be if its phase is CREATING
     * @param paused whether it is left paused
     */
    Future<Void> boot(KeptDomain domain, Definition definition, boolean paused, Preemption preemption) {
        return new Boot(domain, definition, paused, preemption).run();
    }

    private final class Boot {
        private final KeptDomain domain;
        private final Definition definition;
        private DomainSpec spec;
        private final boolean paused;
        private final Preemption preemption;
        private String step = "check";
        private final Instant begun = Instant.now();
        private int domid = -1;
        private boolean console;
        private Future<Void> nodes = Future.succeededFuture();
        private Future<Void> taken = Future.succeededFuture();

        Boot(KeptDomain domain, Definition definition, boolean paused, Preemption preemption) {
            this.domain = domain;
            this.definition = definition;
            this.spec = definition.spec();
            this.paused = paused;
            this.preemption = preemption;
        }

        Future<Void> run() {
            return prepare()
                    .compose(any -> step("create", this::create))
                    .compose(any -> step("build", () -> slots.run(this::build, preemption)))
                    .onComplete(any -> admission.settle(domain))
                    .compose(this::publish)
                    .recover(this::afterNodes)
                    .compose(any -> step("unpause", () -> paused ? Future.succeededFuture() : xen.unpause(domid)))
                    .recover(this::undo);
        }

        /** The disk is slow and needs nothing of the checks, so it is written beside them; a refused creation takes its definition back. */
        private Future<Void> prepare() {
            Future<Void> defined = step("define", this::define).recover(failure -> in("define", failure));
            Future<Void> backed = step("image", () -> preemption.orPreempted(images.decide(spec)))
                    .recover(failure -> in("image", failure))
                    .map(this::decide)
                    .compose(any -> step("devices", () -> preemption.orPreempted(devices.prepare(spec))))
                    .map(this::decide);
            Future<Void> checked = step("check", this::check).recover(failure -> in("check", failure));
            return Future.join(checked, defined, backed).mapEmpty();
        }

        /** Names of disks depend on the guest's system, so that the image comes before the devices. */
        private @Nullable Void decide(DomainSpec decided) {
            spec = decided;
            return null;
        }

        private Future<Void> check() {
            boolean first = definition.phase() == Definition.Phase.CREATING;
            Future<Void> alone = first ? census.refresh().map(this::refuseTwin) : Future.succeededFuture();
            Future<Void> admitted = xen.host().map(this::admit);
            return Future.join(alone, admitted).mapEmpty();
        }

        /** The claim has kept xcsd's own domains apart; others may have come without asking. */
        private @Nullable Void refuseTwin(Snapshot snapshot) {
            if (snapshot.domains().stream()
                    .anyMatch(info -> Snapshot.identity(info).equals(spec.uuid()))) {
                throw Problem.of(
                                ProblemType.CONFLICT,
                                "uuid: " + spec.uuid() + " is that of another domain on this host")
                        .withField("uuid")
                        .toException();
            }
            table.refuseNamesake(domain);
            return null;
        }

        private @Nullable Void admit(HostInfo host) {
            admission.admit(domain, spec, host);
            return null;
        }

        private <T> Future<T> step(String name, Supplier<Future<T>> work) {
            return preemption.check().compose(any -> {
                step = name;
                long started = System.nanoTime();
                return work.get().onSuccess(done -> meters.stepTook(name, System.nanoTime() - started));
            });
        }

        private Future<Void> define() {
            return definition.phase() == Definition.Phase.CREATING ? log.save(definition) : Future.succeededFuture();
        }

        private Future<Void> create() {
            return xen.create(spec).map(created -> {
                domid = created;
                table.bind(domain, created);
                table.update(domain);
                return null;
            });
        }

        /**
         * All nodes but two need nothing of the build, and xenstored takes as long as it does, so they are made while it goes on. The back-ends in
         * dom0's kernel begin with the devices then. A PC's device model has to find it built.
         */
        private Future<BuiltDomain> build() {
            Future<BuiltDomain> building = xen.build(spec, domid);
            nodes = store.transaction(tx -> tx.apply(NodeTree.early(spec, domid))
                    .compose(any -> devices.place(spec, domid))
                    .compose(tx::apply));
            taken = nodes.compose(any -> spec.type() == DomainType.HVM ? building : Future.succeededFuture())
                    .compose(any -> devices.take(spec));
            return building;
        }

        /** Xenstored is the slowest here; the console is attached beside it. */
        private Future<Void> publish(BuiltDomain built) {
            Future<Void> seen = seen();
            // The serial port of a PC is its device model's, which is there once the devices are taken.
            Future<?> published = spec.type() == DomainType.HVM
                    ? show(built).compose(any -> connect(built))
                    : Future.join(connect(built), show(built));
            return published
                    .compose(any -> Future.join(step("record", this::record), seen))
                    .mapEmpty();
        }

        /** The ring needs nothing of xenstore, and xenstore nothing of the ring. */
        private Future<Void> connect(BuiltDomain built) {
            return step("console", () -> attach(built)).recover(failure -> in("console", failure));
        }

        /** Xenstored takes a domain in without its nodes, and nobody runs there yet who would look for them. */
        private Future<Void> show(BuiltDomain built) {
            Future<Void> written = step("nodes", () -> nodes.compose(any -> showConsole(built)))
                    .recover(failure -> in("nodes", failure));
            Future<Void> introduced =
                    step("introduce", () -> introduce(built)).recover(failure -> in("introduce", failure));
            return Future.join(written, introduced)
                    .compose(any -> step("devices", () -> preemption.orPreempted(taken)));
        }

        /** Not in a transaction, which would take two answers more: the type, which keeps xenconsoled away from both, is there already. */
        private Future<Void> showConsole(BuiltDomain built) {
            return Future.join(NodeTree.late(domid, built).stream()
                            .map(node -> store.write(node.path(), node.value()))
                            .toList())
                    .mapEmpty();
        }

        /** What is undone must not be written later: the transaction has to have ended, either way. */
        private Future<Void> afterNodes(Throwable failure) {
            return nodes.transform(ended -> Future.failedFuture(failure));
        }

        private static <T> Future<T> in(String step, Throwable failure) {
            return Future.failedFuture(
                    new ProblemException(ProblemException.of(failure).withStep(step), failure));
        }

        private Future<Void> introduce(BuiltDomain built) {
            return store.introduce(domid, built.storeFrame(), built.storePort());
        }

        private Future<Void> attach(BuiltDomain built) {
            console = true;
            return consoles.attach(spec, domid, built.consoleFrame(), built.consolePort(), begun);
        }

        /** INVARIANT: a boot is written down as complete only when its nodes and its console are: a restart adopts it as it is. */
        private Future<Void> record() {
            Definition booted = definition.withSpec(spec).booted(domid);
            return log.save(booted).map(any -> {
                domain.define(booted);
                return null;
            });
        }

        /** How it does, once it is built, is the hypervisor's word; without it the domain is complete all the same. */
        private Future<Void> seen() {
            return census.refresh().transform(any -> Future.succeededFuture());
        }

        private Future<Void> undo(Throwable failure) {
            Problem problem = explain(ProblemException.of(failure));
            // Several steps go on at once: which one failed is the problem's to say.
            meters.creationFailed(Objects.requireNonNullElse(problem.step(), step));
            if (domid < 0) {
                return devices.release(spec.uuid())
                        .transform(any -> Future.failedFuture(new ProblemException(problem, failure)));
            }
            return teardown.tearDown(spec.uuid(), domid, console).transform(undone -> {
                boolean clean = undone.succeeded() && undone.result();
                Problem whole = clean ? problem : problem.withCause(remains(undone.cause()));
                if (!clean) {
                    LOG.error("{}: {}", domain, whole.cause());
                }
                table.unbind(domain);
                return Future.failedFuture(new ProblemException(whole, failure));
            });
        }

        private Problem explain(Problem problem) {
            Problem named = problem.step() == null ? problem.withStep(step) : problem;
            return problem.type() == ProblemType.BAD_IMAGE && problem.field() == null
                    ? named.withField("kernel")
                    : named;
        }

        private String remains(@Nullable Throwable why) {
            return "the undo is incomplete: domid " + domid + " remains, "
                    + (why == null ? "dead, its memory held by somebody" : why.getMessage());
        }
    }
}

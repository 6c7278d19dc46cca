package dev.xcs.control;

import dev.xcs.message.ChangeDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.LimitXenMemory;
import dev.xcs.message.RequestControl;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.GuestHome;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;

/**
 * The responsible answerer of each (domain, type): what a request means on today's Xen, done. A future that succeeds says that the guest was
 * asked (and, where there is an acknowledgement, that it gave it).
 */
final class Requests {
    /** Slack that libxl too leaves above the target (LIBXL_MAXMEM_CONSTANT), in KiB. */
    private static final long MEMORY_SLACK_KIB = 1024;

    private static final long LEAST_MEMORY_KIB = 4096;

    private final EventBus bus;
    private final DiskRequests disks;
    private final VifRequests vifs;
    private final Xenstore xenstore;

    Requests(EventBus bus, Xenstore xenstore) {
        this.bus = bus;
        this.disks = new DiskRequests(bus);
        this.vifs = new VifRequests(bus);
        this.xenstore = xenstore;
    }

    Future<Void> carryOut(RequestControl request) {
        Duration deadline = Duration.ofMillis(request.deadlineMillis());
        switch (request.subtype()) {
            case SHUTDOWN_POWEROFF:
                return change(request, DesiredState.SHUTDOWN, deadline);
            case SHUTDOWN_REBOOT:
                return change(request, DesiredState.REBOOTED, deadline);
            case DOMAIN_PAUSE:
                return change(request, DesiredState.PAUSED, deadline);
            case DOMAIN_UNPAUSE:
                return change(request, DesiredState.RUNNING, deadline);
            case DOMAIN_DESTROY:
                return DestroyDomain.ADDRESS
                        .ask(bus, new DestroyDomain(request.domain()), deadline)
                        .mapEmpty();
            case SHUTDOWN_SYSRQ:
                return live(request).compose(domain -> sysrq(domain, request.payload()));
            case MEM_REQUEST_SET:
                return live(request).compose(domain -> memory(domain, request.payload()));
            case VCPU_HOTPLUG_ON:
                return live(request).compose(domain -> vcpu(domain, request.payload(), "online"));
            case VCPU_HOTPLUG_OFF:
                return live(request).compose(domain -> vcpu(domain, request.payload(), "offline"));
            case BLKIF_BE_VBD_CREATE, BLKIF_BE_VBD_DESTROY, BLKIF_BE_VBD_GROW:
                return disks.carryOut(request);
            case NETIF_BE_CREATE, NETIF_BE_DESTROY, NETIF_BE_CREDITLIMIT:
                return vifs.carryOut(request);
            case SHUTDOWN_SUSPEND:
                return refuse("This host cannot resume a suspended guest yet, so it does not suspend one", request);
            default:
                return refuse("Nothing on this host answers such a request", request);
        }
    }

    private Future<Void> change(RequestControl request, DesiredState state, Duration deadline) {
        return ChangeDomain.ADDRESS
                .ask(bus, new ChangeDomain(request.domain(), state), deadline)
                .mapEmpty();
    }

    private static Future<Void> refuse(String why, RequestControl request) {
        return Future.failedFuture(Problem.of(
                        ProblemType.IMPOSSIBLE, why + ": " + request.subtype().json())
                .withField("subtype")
                .toException());
    }

    /** The domain, if it can take a request now. */
    private Future<Domain> live(RequestControl request) {
        return FetchDomain.ADDRESS.ask(bus, new FetchDomain(request.domain())).map(shown -> {
            Domain domain = shown.domain();
            if (domain.domid() == 0) {
                throw Problem.of(ProblemType.FORBIDDEN, "Domain-0 takes no such request")
                        .toException();
            }
            if (domain.state() != DomainState.RUNNING && domain.state() != DomainState.PAUSED) {
                throw Problem.of(
                                ProblemType.CONFLICT,
                                domain.name() + " is " + domain.state().json() + ", expected running or paused")
                        .toException();
            }
            return domain;
        });
    }

    private Future<Void> sysrq(Domain domain, ControlPayload payload) {
        if (!(payload instanceof ControlPayload.Sysrq sysrq) || !sysrq.key().matches("[0-9a-z]")) {
            return wrongPayload("payload.key", payload, "one of 0-9 or a-z");
        }
        return home(domain).write("control/sysrq", sysrq.key());
    }

    /** Growing raises the limit first, else the guest could not; shrinking leaves it until the guest has let go. */
    private Future<Void> memory(Domain domain, ControlPayload payload) {
        if (!(payload instanceof ControlPayload.Memory memory) || memory.targetKib() < LEAST_MEMORY_KIB) {
            return wrongPayload("payload.targetKib", payload, "at least " + LEAST_MEMORY_KIB + " KiB");
        }
        return xenstore.read(node(domain, "memory/static-max")).compose(max -> {
            long limit = max.map(Requests::kib).orElse(Long.MAX_VALUE);
            if (memory.targetKib() > limit) {
                return wrongPayload("payload.targetKib", payload, "at most " + limit + " KiB, its static maximum");
            }
            return LimitXenMemory.ADDRESS
                    .ask(bus, new LimitXenMemory(domain.domid(), limitFor(domain, memory.targetKib())))
                    .compose(done -> home(domain).write("memory/target", Long.toString(memory.targetKib())));
        });
    }

    private static long limitFor(Domain domain, long targetKib) {
        return Math.max(domain.memoryMib() * 1024, targetKib) + MEMORY_SLACK_KIB;
    }

    private static long kib(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException notANumber) {
            return Long.MAX_VALUE;
        }
    }

    private Future<Void> vcpu(Domain domain, ControlPayload payload, String availability) {
        if (!(payload instanceof ControlPayload.Vcpu vcpu) || vcpu.vcpu() < 0) {
            return wrongPayload("payload.vcpu", payload, "the number of a vcpu, from 0");
        }
        if (vcpu.vcpu() == 0 && availability.equals("offline")) {
            return wrongPayload("payload.vcpu", payload, "1 or more: vcpu 0 cannot be taken away");
        }
        String node = "cpu/" + vcpu.vcpu() + "/availability";
        return xenstore.read(node(domain, node))
                .compose(now -> now.isPresent()
                        ? home(domain).write(node, availability)
                        : wrongPayload("payload.vcpu", payload, "a vcpu that " + domain.name() + " was made with"));
    }

    static Future<Void> wrongPayload(String field, ControlPayload payload, String expected) {
        return Future.failedFuture(
                Problem.invalidField(field, payload, expected).toException());
    }

    private GuestHome home(Domain domain) {
        return new GuestHome(xenstore, domain.uuid(), domain.domid());
    }

    private static String node(Domain domain, String rest) {
        return "/local/domain/" + domain.domid() + "/" + rest;
    }
}

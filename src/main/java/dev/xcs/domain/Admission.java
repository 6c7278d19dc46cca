package dev.xcs.domain;

import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides whether this host can hold one more domain. Counts what domains that are just being built will still take, so that of
 * two that fit only one at a time, one is admitted.
 */
final class Admission {
    /** Far below Xen's own limit for PV (8192), far above any host's cpus: beyond it is a typing error. */
    static final int MAX_VCPUS = 512;

    /** Xen's limit for guests in an HVM container (HVM_MAX_VCPUS). */
    static final int MAX_HVM_VCPUS = 128;

    /** The display has 16 of them, and firmware wants some. */
    private static final int MIN_HVM_MIB = 64;

    private final Map<KeptDomain, Long> promised = new HashMap<>();

    /** @throws dev.xcs.model.ProblemException if it does not fit; else the memory is promised to it until {@link #settle} */
    void admit(KeptDomain domain, DomainSpec spec, HostInfo host) {
        checkVcpus(spec);
        checkType(spec, host);
        long needKib = needKib(spec);
        long freeKib = host.freeMemoryKib() - outstandingKib();
        if (needKib > freeKib) {
            throw outOfMemory(spec, needKib, freeKib);
        }
        promised.put(domain, needKib);
    }

    /** It has taken what it needs, or never will. */
    void settle(KeptDomain domain) {
        promised.remove(domain);
    }

    private long outstandingKib() {
        return promised.entrySet().stream()
                .mapToLong(one -> Math.max(0, one.getValue() - takenKib(one.getKey())))
                .sum();
    }

    private static long takenKib(KeptDomain domain) {
        DomainInfo info = domain.info();
        return info == null ? 0 : info.memoryKib();
    }

    /** As libxl reckons it: the memory, what paging an HVM container costs, some slack, rounded up to 2 MiB. */
    static long needKib(DomainSpec spec) {
        long mib = spec.memoryMib();
        boolean pv = spec.type() == DomainType.PV;
        long pagingKib = pv ? 0 : 4 * (256L * spec.vcpus() + 2 * mib);
        long kib = mib * 1024 + pagingKib + (pv ? 1024 : 2048);
        return (kib + 2047) / 2048 * 2048;
    }

    private static void checkVcpus(DomainSpec spec) {
        int limit = spec.type() == DomainType.PV ? MAX_VCPUS : MAX_HVM_VCPUS;
        if (spec.vcpus() < 1 || spec.vcpus() > limit) {
            throw Problem.invalidField("vcpus", spec.vcpus(), "1 to " + limit).toException();
        }
        if (spec.type() == DomainType.HVM && spec.memoryMib() < MIN_HVM_MIB) {
            throw Problem.invalidField("memoryMib", spec.memoryMib(), "at least " + MIN_HVM_MIB + " for HVM")
                    .toException();
        }
        if (spec.memoryMib() < 1) {
            throw Problem.invalidField("memoryMib", spec.memoryMib(), "at least 1")
                    .toException();
        }
    }

    private static void checkType(DomainSpec spec, HostInfo host) {
        boolean possible = switch (spec.type()) {
            case PV -> host.pv();
            case PVH -> host.hvm();
            // The simulated host has no device models.
            case HVM -> host.hvm() && !host.simulated();
        };
        if (!possible) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "type: " + Problem.quote(spec.type().json()) + " guests cannot be run by this host")
                    .withField("type")
                    .toException();
        }
    }

    private static RuntimeException outOfMemory(DomainSpec spec, long needKib, long freeKib) {
        String detail = "memoryMib: " + spec.memoryMib() + " needs " + needKib / 1024 + " MiB of free Xen memory, but "
                + Math.max(0, freeKib / 1024) + " MiB are free";
        return Problem.of(ProblemType.OUT_OF_MEMORY, detail)
                .withField("memoryMib")
                .withCause("other domains, dom0 included, hold the rest; dom0 is not shrunk to make room")
                .asRetryable()
                .toException();
    }
}

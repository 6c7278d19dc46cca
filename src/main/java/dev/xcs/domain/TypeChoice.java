package dev.xcs.domain;

import dev.xcs.message.CreateDomain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import io.vertx.core.Future;
import java.util.Set;

/** Says what type a new domain has when nobody has asked for one. It keeps that type from then on. */
final class TypeChoice {
    private final XenClient xen;

    TypeChoice(XenClient xen) {
        this.xen = xen;
    }

    Future<DomainSpec> decide(CreateDomain ask) {
        DomainSpec spec = ask.spec();
        if (!ask.typeOpen()) {
            return Future.succeededFuture(spec);
        }
        Future<Set<DomainType>> bootable = xen.bootable(spec.kernel());
        Future<HostInfo> host = xen.host();
        return Future.all(bootable, host)
                .map(both -> spec.withType(best(bootable.result(), host.result(), spec.vcpus())));
    }

    /**
     * PVH needs no page tables guarded by Xen and no emulation; without hardware-assisted paging Xen would have to shadow its tables, and PV
     * is the faster. What nothing can run is left to the checks, which say why.
     */
    static DomainType best(Set<DomainType> bootable, HostInfo host, int vcpus) {
        boolean pvh = host.hvm() && bootable.contains(DomainType.PVH);
        boolean pv = host.pv() && bootable.contains(DomainType.PV);
        boolean fits = vcpus <= Admission.MAX_HVM_VCPUS;
        if (pvh && host.hap() && fits) {
            return DomainType.PVH;
        }
        return pv || !pvh ? DomainType.PV : DomainType.PVH;
    }
}

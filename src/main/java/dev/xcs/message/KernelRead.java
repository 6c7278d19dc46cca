package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DomainType;
import java.util.Set;

/** As what Xen can start a kernel. */
public record KernelRead(Set<DomainType> bootable) implements BusMessage {
    public KernelRead {
        bootable = Set.copyOf(bootable);
    }
}

package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.Terminal;
import dev.xcs.hypervisor.Terminals;

/** The pseudo terminals of dom0. */
record PseudoTerminals(LibC libc) implements Terminals {
    @Override
    public Terminal make() {
        return PseudoTerminal.make(libc);
    }

    @Override
    public Terminal attach(String path) {
        return PseudoTerminal.attach(libc, path);
    }
}

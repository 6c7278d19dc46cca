package dev.xcs.hypervisor.xen;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** libxenevtchn.so.1. A null pointer or -1 failed with errno; xenevtchn_bind_interdomain gives the local port. */
interface LibXenEvtchn extends Library {
    @Nullable
    Pointer xenevtchn_open(@Nullable Pointer logger, int flags);

    int xenevtchn_close(Pointer xce);

    int xenevtchn_fd(Pointer xce);

    int xenevtchn_bind_interdomain(Pointer xce, int domid, int remotePort);

    int xenevtchn_unbind(Pointer xce, int port);

    int xenevtchn_notify(Pointer xce, int port);
}

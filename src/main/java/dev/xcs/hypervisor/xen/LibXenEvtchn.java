package dev.xcs.hypervisor.xen;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** libxenevtchn.so.1. A null pointer or -1 failed with errno; xenevtchn_bind_interdomain gives the local port. Mapped directly: notify is called often. */
class LibXenEvtchn {
    @Nullable
    native Pointer xenevtchn_open(@Nullable Pointer logger, int flags);

    native int xenevtchn_close(Pointer xce);

    native int xenevtchn_fd(Pointer xce);

    native int xenevtchn_bind_interdomain(Pointer xce, int domid, int remotePort);

    native int xenevtchn_unbind(Pointer xce, int port);

    native int xenevtchn_notify(Pointer xce, int port);
}

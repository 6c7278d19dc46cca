package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Errno;
import java.util.List;

/** One entry of a node's permissions; in the first one of a node the domain is the owner and the access everybody else's. */
record Permission(Access access, int domid) {
    /** The letters of the wire. */
    enum Access {
        NONE('n', false, false),
        READ('r', true, false),
        WRITE('w', false, true),
        BOTH('b', true, true);

        final char letter;
        final boolean read;
        final boolean write;

        Access(char letter, boolean read, boolean write) {
            this.letter = letter;
            this.read = read;
            this.write = write;
        }
    }

    static Permission parse(String text) {
        for (Access access : Access.values()) {
            if (!text.isEmpty() && text.charAt(0) == access.letter) {
                return new Permission(access, domid(text.substring(1)));
            }
        }
        throw new StoreError(Errno.EINVAL);
    }

    private static int domid(String digits) {
        if (!digits.matches("\\d{1,5}")) {
            throw new StoreError(digits.matches("-\\d+") ? Errno.ENOENT : Errno.EINVAL);
        }
        return Integer.parseInt(digits);
    }

    /** What a domain may do with a node of these permissions; dom0 and the owner may do all. */
    static Access of(List<Permission> permissions, int domid) {
        if (domid == 0 || permissions.get(0).domid == domid) {
            return Access.BOTH;
        }
        for (Permission permission : permissions.subList(1, permissions.size())) {
            if (permission.domid == domid) {
                return permission.access;
            }
        }
        return permissions.get(0).access;
    }

    @Override
    public String toString() {
        return access.letter + Integer.toString(domid);
    }
}

package dev.xcs.xenstore.wire;

/** Message types of the xenstore wire protocol; the numbers are xs_wire.h's xsd_sockmsg_type. */
public enum Op {
    CONTROL(0),
    DIRECTORY(1),
    READ(2),
    GET_PERMS(3),
    WATCH(4),
    UNWATCH(5),
    TRANSACTION_START(6),
    TRANSACTION_END(7),
    INTRODUCE(8),
    RELEASE(9),
    GET_DOMAIN_PATH(10),
    WRITE(11),
    MKDIR(12),
    RM(13),
    SET_PERMS(14),
    WATCH_EVENT(15),
    ERROR(16),
    IS_DOMAIN_INTRODUCED(17),
    RESUME(18),
    SET_TARGET(19),
    RESET_WATCHES(21),
    DIRECTORY_PART(22),
    /** Any number that xs_wire.h did not know in Xen 4.17; a server answers it with ENOSYS, a client is out of step. */
    UNKNOWN(-1);

    private static final Op[] BY_CODE = new Op[23];

    static {
        for (Op op : values()) {
            if (op.code >= 0) {
                BY_CODE[op.code] = op;
            }
        }
    }

    private final int code;

    Op(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The type of a number, {@link #UNKNOWN} where there is none. */
    public static Op ofCode(int code) {
        Op op = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        return op == null ? UNKNOWN : op;
    }
}

package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.StoreFaults.Trouble;
import dev.xcs.hypervisor.sim.StoreWatches.Watch;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** One connection of dom0: its transactions, its watches, and the answer to each of its requests. */
final class StoreSession {
    /** Answers a request with the payload of its reply. */
    private interface Operation {
        String answer(Frame request, List<String> arguments);
    }

    private static final String OK = "OK\0";
    /** DOMID_SELF of xen.h. */
    private static final int DOMID_SELF = 0x7ff0;

    private final StoreState state;
    private final IntPredicate domainExists;
    private final Consumer<Integer> introduced;
    private final Consumer<Frame> out;
    private final Map<Integer, StoreTransaction> transactions = new HashMap<>();
    private final Map<Op, Operation> operations = new EnumMap<>(Op.class);
    private int lastTransaction;
    private @Nullable Watch fresh;

    /**
     * @param introduced told of INTRODUCE before it is answered, without the monitor held
     * @param out takes replies and events, in order
     */
    StoreSession(StoreState state, IntPredicate domainExists, Consumer<Integer> introduced, Consumer<Frame> out) {
        this.state = state;
        this.domainExists = domainExists;
        this.introduced = introduced;
        this.out = out;
        nodeOperations();
        watchOperations();
        domainOperations();
        operations.put(Op.TRANSACTION_START, this::startTransaction);
        operations.put(Op.TRANSACTION_END, this::endTransaction);
        operations.put(Op.CONTROL, StoreSession::control);
    }

    private void nodeOperations() {
        operations.put(Op.READ, (request, arguments) -> node(request, arguments).value());
        operations.put(Op.DIRECTORY, (request, arguments) -> list(node(request, arguments)));
        operations.put(Op.DIRECTORY_PART, this::listPart);
        operations.put(Op.GET_PERMS, (request, arguments) -> {
            List<Permission> permissions = node(request, arguments).permissions();
            return joined(permissions.stream().map(Permission::toString).toList());
        });
        operations.put(Op.WRITE, this::write);
        operations.put(Op.MKDIR, (request, arguments) -> {
            access(request).mkdir(canonical(only(arguments)));
            return OK;
        });
        operations.put(Op.RM, (request, arguments) -> {
            access(request).remove(canonical(only(arguments)));
            return OK;
        });
        operations.put(Op.SET_PERMS, this::permit);
    }

    private void watchOperations() {
        operations.put(Op.WATCH, this::watch);
        operations.put(Op.UNWATCH, (request, arguments) -> {
            requireCount(arguments, 2);
            state.watches.remove(this, StorePath.watchable(0, arguments.get(0)), arguments.get(1));
            return OK;
        });
        operations.put(Op.RESET_WATCHES, (request, arguments) -> {
            state.watches.removeAll(this);
            transactions.clear();
            return OK;
        });
    }

    private void domainOperations() {
        operations.put(Op.INTRODUCE, this::introduce);
        operations.put(Op.RELEASE, (request, arguments) -> {
            int domid = number(only(arguments));
            if (domid == 0) {
                throw new StoreError(Errno.EINVAL);
            }
            state.requireIntroduced(domid);
            state.ended(domid, true);
            return OK;
        });
        operations.put(Op.IS_DOMAIN_INTRODUCED, (request, arguments) -> {
            int domid = number(only(arguments));
            return domid == DOMID_SELF || state.isIntroduced(domid) ? "T\0" : "F\0";
        });
        operations.put(Op.GET_DOMAIN_PATH, (request, arguments) -> StorePath.home(number(only(arguments))) + "\0");
        operations.put(Op.RESUME, (request, arguments) -> {
            state.requireIntroduced(number(only(arguments)));
            return OK;
        });
        operations.put(Op.SET_TARGET, (request, arguments) -> {
            requireCount(arguments, 2);
            state.requireIntroduced(number(arguments.get(0)));
            state.requireIntroduced(number(arguments.get(1)));
            return OK;
        });
    }

    /** Answers a request: first the events it causes, then its reply, last the first event of a new watch. */
    void handle(Frame request, Trouble trouble) {
        try {
            refuseUnknownDomains(request);
            if (trouble.errno() != null) {
                refused(request);
                throw new StoreError(trouble.errno());
            }
            String answer = locked(request);
            if (request.op() == Op.INTRODUCE) {
                introduced.accept(number(parts(request).get(0)));
            }
            reply(request, request.op(), answer);
        } catch (StoreError refusal) {
            reply(request, Op.ERROR, refusal.errno().name() + "\0");
        }
        synchronized (state) {
            if (fresh != null) {
                fresh.sink().accept(fresh.given());
                fresh = null;
            }
        }
    }

    /** Forgets transactions and watches, when the connection is lost. */
    void close() {
        synchronized (state) {
            state.watches.removeAll(this);
            transactions.clear();
        }
    }

    private String locked(Frame request) {
        Operation operation = operations.get(request.op());
        if (operation == null) {
            throw new StoreError(Errno.ENOSYS);
        }
        if (request.transactionId() != 0 && !transactions.containsKey(request.transactionId())) {
            throw new StoreError(Errno.ENOENT);
        }
        synchronized (state) {
            String answer = operation.answer(request, parts(request));
            state.tellChanges();
            return answer;
        }
    }

    /** A transaction whose end is refused by a fault is over all the same. */
    private void refused(Frame request) {
        if (request.op() == Op.TRANSACTION_END) {
            transactions.remove(request.transactionId());
        }
    }

    /** Asks the hypervisor without the monitor held, as its simulation calls the store with its own held. */
    private void refuseUnknownDomains(Frame request) {
        if (request.op() != Op.INTRODUCE && request.op() != Op.SET_PERMS) {
            return;
        }
        List<String> arguments = parts(request);
        if (request.op() == Op.INTRODUCE && arguments.size() >= 3 && !exists(number(arguments.get(0)))) {
            throw new StoreError(Errno.EINVAL);
        }
        if (request.op() == Op.SET_PERMS && arguments.size() > 1) {
            List<Permission> permissions = permissions(arguments);
            if (!permissions.stream().allMatch(permission -> exists(permission.domid()))) {
                throw new StoreError(Errno.ENOENT);
            }
        }
    }

    private boolean exists(int domid) {
        return domid == 0 || domainExists.test(domid);
    }

    private String write(Frame request, List<String> arguments) {
        if (arguments.isEmpty()) {
            throw new StoreError(Errno.EINVAL);
        }
        String path = arguments.get(0);
        access(request).write(canonical(path), text(request).substring(path.length() + 1));
        return OK;
    }

    private String listPart(Frame request, List<String> arguments) {
        requireCount(arguments, 2);
        StoreNode node = access(request).read(canonical(arguments.get(0)));
        String all = joined(node.children());
        String head = node.generation() + "\0";
        int offset = Math.min(number(arguments.get(1)), all.length());
        int room = Frame.MAX_REQUEST_PAYLOAD - head.length() - 1;
        if (all.length() - offset <= room) {
            return head + all.substring(offset) + "\0";
        }
        return head + all.substring(offset, all.lastIndexOf('\0', offset + room - 1) + 1);
    }

    private String permit(Frame request, List<String> arguments) {
        if (arguments.size() < 2) {
            throw new StoreError(Errno.EINVAL);
        }
        List<Permission> permissions = permissions(arguments);
        if (!StorePath.isSpecial(arguments.get(0))) {
            access(request).permit(canonical(arguments.get(0)), permissions);
        }
        return OK;
    }

    private String watch(Frame request, List<String> arguments) {
        requireCount(arguments, 2);
        String given = arguments.get(0);
        String token = arguments.get(1);
        Consumer<String> sink = path -> out.accept(event(path, token));
        Watch watch = new Watch(this, 0, StorePath.watchable(0, given), given, token, sink);
        state.watches.add(watch);
        fresh = watch;
        return OK;
    }

    private static Frame event(String path, String token) {
        return new Frame(Op.WATCH_EVENT, 0, 0, Frame.strings(path, token));
    }

    private String startTransaction(Frame request, List<String> arguments) {
        if (request.transactionId() != 0) {
            throw new StoreError(Errno.EBUSY);
        }
        do {
            lastTransaction = lastTransaction == Integer.MAX_VALUE ? 1 : lastTransaction + 1;
        } while (transactions.containsKey(lastTransaction));
        transactions.put(lastTransaction, new StoreTransaction(state.tree));
        return lastTransaction + "\0";
    }

    private String endTransaction(Frame request, List<String> arguments) {
        String how = text(request);
        if (!how.equals("T\0") && !how.equals("F\0")) {
            throw new StoreError(Errno.EINVAL);
        }
        StoreTransaction transaction = transactions.remove(request.transactionId());
        if (transaction == null) {
            throw new StoreError(Errno.ENOENT);
        }
        if (how.equals("T\0") && !transaction.commit()) {
            throw new StoreError(Errno.EAGAIN);
        }
        return OK;
    }

    private String introduce(Frame request, List<String> arguments) {
        if (arguments.size() < 3 || number(arguments.get(2)) <= 0) {
            throw new StoreError(Errno.EINVAL);
        }
        state.introduce(number(arguments.get(0)));
        return OK;
    }

    private static String control(Frame request, List<String> arguments) {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        return switch (command) {
            case "check", "print" -> OK;
            case "help" -> "check\nprint\t<string>\nhelp\n";
            default -> throw new StoreError(Errno.EINVAL);
        };
    }

    private StoreNode node(Frame request, List<String> arguments) {
        return access(request).read(canonical(only(arguments)));
    }

    private NodeAccess access(Frame request) {
        StoreTransaction transaction = transactions.get(request.transactionId());
        return new NodeAccess(0, transaction == null ? state.tree : transaction, StoreQuota.DEFAULT);
    }

    private static String canonical(String path) {
        return StorePath.canonical(0, path);
    }

    private static String list(StoreNode node) {
        String names = joined(node.children());
        if (names.length() > Frame.MAX_REQUEST_PAYLOAD) {
            throw new StoreError(Errno.E2BIG);
        }
        return names;
    }

    private static String joined(List<String> names) {
        return names.isEmpty() ? "" : String.join("\0", names) + "\0";
    }

    private static List<Permission> permissions(List<String> arguments) {
        return arguments.stream().skip(1).map(Permission::parse).toList();
    }

    private static String only(List<String> arguments) {
        requireCount(arguments, 1);
        return arguments.get(0);
    }

    private static void requireCount(List<String> arguments, int count) {
        if (arguments.size() != count) {
            throw new StoreError(Errno.EINVAL);
        }
    }

    /** As C's atoi: digits at the start, else 0. */
    private static int number(String text) {
        String digits = text.replaceFirst("^(-?\\d{1,9}).*$", "$1");
        return digits.matches("-?\\d+") ? Integer.parseInt(digits) : 0;
    }

    private static String text(Frame request) {
        return new String(request.payload(), StandardCharsets.ISO_8859_1);
    }

    /** The arguments, each ended by a NUL; what follows the last NUL is a value and has its place in WRITE only. */
    private static List<String> parts(Frame request) {
        String text = text(request);
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', start)) {
            parts.add(text.substring(start, end));
            start = end + 1;
        }
        if (start < text.length() && request.op() != Op.WRITE) {
            throw new StoreError(Errno.EINVAL);
        }
        return parts;
    }

    private void reply(Frame request, Op op, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        out.accept(new Frame(op, request.requestId(), request.transactionId(), bytes));
    }
}

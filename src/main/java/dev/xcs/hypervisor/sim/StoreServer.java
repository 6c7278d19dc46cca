package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.StoreFaults.Trouble;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.WireException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the wire protocol on a unix socket, all clients on one thread, as the real one does. */
final class StoreServer {
    private static final Logger LOG = LoggerFactory.getLogger(StoreServer.class);

    /** A connected client. */
    private record Client(StoreConnection connection, StoreSession session) {}

    private final Path socket;
    private final Function<Consumer<Frame>, StoreSession> sessions;
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile StoreFaults faults = StoreFaults.NONE;
    private volatile boolean closed;
    private long standsStillUntil;
    private @Nullable Runnable delayed;

    /** @param sessions makes the session of a client from the way to send to it */
    StoreServer(Path socket, Function<Consumer<Frame>, StoreSession> sessions) {
        this.socket = socket;
        this.sessions = sessions;
        try {
            Files.deleteIfExists(socket);
            this.selector = Selector.open();
            this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException failure) {
            throw new ProblemException(
                    Problem.of(ProblemType.UNAVAILABLE, "the simulated xenstored cannot listen on " + socket)
                            .withCall("bind", socket.toString())
                            .withCause(String.valueOf(failure.getMessage())),
                    failure);
        }
        this.thread = new Thread(this::run, "sim-xenstored");
        thread.setDaemon(true);
        thread.start();
    }

    void injectFaults(StoreFaults newFaults) {
        faults = newFaults;
    }

    /** Runs something soon on the store's thread. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Something was sent to a client from another thread. */
    void wakeUp() {
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    /** Cuts every client off, as a restart that keeps the tree would. */
    void dropClients() {
        execute(() -> clientKeys().forEach(this::drop));
    }

    /** Stops serving and waits for the thread, unless it is the caller's own. */
    void close() {
        closed = true;
        execute(() -> LOG.debug("the simulated xenstored closes"));
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (selector;
                listener) {
            while (!closed) {
                standStill();
                runDelayed();
                clientKeys().forEach(this::serveOrDrop);
                clientKeys().forEach(this::flush);
                if (delayed == null) {
                    selector.select();
                    List.copyOf(selector.selectedKeys()).forEach(this::ready);
                    selector.selectedKeys().clear();
                }
                runTasks();
            }
            clientKeys().forEach(this::drop);
            Files.deleteIfExists(socket);
        } catch (IOException | InterruptedException failure) {
            LOG.error("the simulated xenstored stops", failure);
        }
    }

    /** Waits until the delay of a fault is over; only tasks are run meanwhile. */
    private void standStill() throws InterruptedException {
        while (delayed != null && !closed) {
            long left = standsStillUntil - System.nanoTime();
            Runnable task = left > 0 ? tasks.poll(left, TimeUnit.NANOSECONDS) : null;
            if (task == null) {
                return;
            }
            attempt(task);
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            attempt(task);
        }
    }

    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            LOG.error("a listener of the simulated xenstored failed", failure);
        }
    }

    private void runDelayed() {
        Runnable request = delayed;
        delayed = null;
        if (request != null) {
            request.run();
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isValid() && key.isAcceptable()) {
                accept();
            } else if (key.isValid()
                    && key.isReadable()
                    && !client(key).connection().receive()) {
                drop(key);
            }
        } catch (IOException | WireException failure) {
            LOG.debug("a client of the simulated xenstored is dropped", failure);
            drop(key);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = listener.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            StoreConnection connection = new StoreConnection(channel);
            StoreSession session = sessions.apply(frame -> {
                connection.send(frame);
                wakeUp();
            });
            channel.register(selector, SelectionKey.OP_READ, new Client(connection, session));
        }
    }

    private void serveOrDrop(SelectionKey key) {
        try {
            serve(key);
        } catch (RuntimeException failure) {
            LOG.error("the simulated xenstored failed on a request and drops the client", failure);
            drop(key);
        }
    }

    private void serve(SelectionKey key) {
        Client client = client(key);
        while (delayed == null && !client.connection().isFull()) {
            Frame request = client.connection().nextRequest();
            if (request == null) {
                return;
            }
            Trouble trouble = faults.of(0, request.op(), argument(request));
            if (trouble.delay().isZero()) {
                client.session().handle(request, trouble);
            } else {
                standsStillUntil = System.nanoTime() + trouble.delay().toNanos();
                delayed = () -> client.session().handle(request, trouble);
            }
        }
    }

    private void flush(SelectionKey key) {
        StoreConnection connection = client(key).connection();
        try {
            boolean done = connection.flush();
            if (connection.isHopeless()) {
                drop(key);
            } else if (key.isValid()) {
                int read = connection.isFull() ? 0 : SelectionKey.OP_READ;
                key.interestOps(read | (done ? 0 : SelectionKey.OP_WRITE));
            }
        } catch (IOException failure) {
            LOG.debug("a client of the simulated xenstored is gone", failure);
            drop(key);
        }
    }

    private void drop(SelectionKey key) {
        key.cancel();
        if (key.attachment() instanceof Client client) {
            client.session().close();
        }
        try {
            key.channel().close();
        } catch (IOException failure) {
            LOG.debug("close", failure);
        }
    }

    private List<SelectionKey> clientKeys() {
        List<SelectionKey> keys = new ArrayList<>();
        for (SelectionKey key : selector.keys()) {
            if (key.isValid() && key.attachment() instanceof Client) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static Client client(SelectionKey key) {
        return (Client) key.attachment();
    }

    private static String argument(Frame request) {
        String text = new String(request.payload(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}

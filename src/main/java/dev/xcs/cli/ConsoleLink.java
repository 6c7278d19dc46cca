package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The websocket of a console: guest bytes to standard output as they are, what the switch says to standard error. */
final class ConsoleLink implements WebSocket.Listener, AutoCloseable {
    private static final String PROTOCOL = "xcs.console.v1";
    private static final int GOING_AWAY = 1001;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(100);

    private final PrintStream out;
    private final PrintStream err;
    private final boolean isTerminal;
    private final BlockingQueue<WebSocket> opened = new LinkedBlockingQueue<>();
    /** How it ended; the first ending counts. */
    private final BlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
    /** The one frame that may be under way. */
    private final Semaphore turn = new Semaphore(1);

    private final StringBuilder partialText = new StringBuilder();
    private final AtomicLong lastSign = new AtomicLong(System.nanoTime());
    private final ByteArrayOutputStream partialBytes = new ByteArrayOutputStream();
    private final Wish wish;
    private volatile String self = "";
    /** Who may write, empty for nobody. */
    private volatile String holder = "";

    private volatile boolean wasLeaseRefused;
    private volatile boolean asked;
    /** How many bytes were typed; of the keyboard's thread. */
    private long typed;

    private volatile @Nullable WebSocket socket;
    private volatile boolean hasInputEnded;
    private volatile boolean wasRefused;
    private volatile boolean isGone;

    /** Done when there is no failure. */
    private record Ending(@Nullable CommandFailure failure) {}

    /** Whether it is to write. */
    enum Wish {
        LOOK,
        WRITE,
        STEAL
    }

    ConsoleLink(PrintStream out, PrintStream err, boolean isTerminal, Wish wish) {
        this.out = out;
        this.err = err;
        this.isTerminal = isTerminal;
        this.wish = wish;
    }

    /** Begins to attach, and asks for the write lease if it is to write. */
    void open(Daemon daemon, String path) {
        daemon.http()
                .newWebSocketBuilder()
                .subprotocols(PROTOCOL)
                .header("Authorization", daemon.bearer())
                .connectTimeout(CONNECT_TIMEOUT)
                .buildAsync(daemon.websocket(path), this)
                .whenComplete((made, failure) -> {
                    if (failure != null) {
                        end(refusal(daemon, failure));
                    }
                });
    }

    private static CommandFailure refusal(Daemon daemon, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WebSocketHandshakeException refused) {
            int status = refused.getResponse().statusCode();
            return CommandFailure.answered(status, MissingNode.getInstance(), true)
                    .because(reason(status));
        }
        return daemon.unreachable(cause);
    }

    private static String reason(int status) {
        return switch (status) {
            case 400 -> "it does not understand which part of the console is wanted";
            case 404, 410 -> "there is no such domain, or nothing is kept of that boot";
            case 429 -> "the console has its maximum of viewers";
            default -> "it refuses the console";
        };
    }

    /** Waits for the end of it: the exit code. */
    int awaitEnd(Duration linger) {
        try {
            Ending ending = endings.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
            while (ending == null && !isQuiet(linger) && !out.checkError()) {
                ending = endings.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (ending != null && ending.failure() != null) {
                throw ending.failure();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return wasRefused && !isTerminal ? ExitCode.REFUSED : ExitCode.DONE;
    }

    private boolean isQuiet(Duration linger) {
        return hasInputEnded && !linger.isZero() && System.nanoTime() - lastSign.get() > linger.toNanos();
    }

    /** Sends it when the frame before is gone; false when the link is down. */
    boolean type(ByteBuffer bytes) {
        if (wish == Wish.LOOK) {
            return awaitSocket() != null;
        }
        if (!ask()) {
            return false;
        }
        if (!bytes.hasRemaining()) {
            return awaitSocket() != null;
        }
        ByteBuffer frame = ByteBuffer.allocate(Long.BYTES + bytes.remaining()).putLong(typed);
        typed += bytes.remaining();
        return send(to -> to.sendBinary(frame.put(bytes).flip(), true));
    }

    /** Asks for the lease: at first, and whenever nobody has it. */
    private boolean ask() {
        boolean needed = !asked || (holder.isEmpty() && !self.isEmpty());
        if (!needed) {
            return true;
        }
        String type = wish == Wish.STEAL && !asked ? "steal-lease" : "request-lease";
        asked = true;
        return send(to -> to.sendText("{\"type\":\"" + type + "\"}", true));
    }

    private boolean send(Function<WebSocket, CompletableFuture<WebSocket>> frame) {
        WebSocket to = awaitSocket();
        if (to == null) {
            return false;
        }
        try {
            turn.acquire();
            frame.apply(to).whenComplete((sent, failure) -> turn.release());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private @Nullable WebSocket awaitSocket() {
        try {
            long deadline = System.nanoTime() + CONNECT_TIMEOUT.toNanos();
            while (socket == null && endings.isEmpty() && System.nanoTime() < deadline) {
                opened.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return socket;
    }

    /** Nothing more will be typed. */
    void inputEnded() {
        lastSign.set(System.nanoTime());
        hasInputEnded = true;
        if (isTerminal) {
            detach();
        }
    }

    void detach() {
        endings.add(new Ending(null));
    }

    private void end(CommandFailure failure) {
        endings.add(new Ending(failure));
    }

    @Override
    public void onOpen(WebSocket from) {
        socket = from;
        opened.add(from);
        from.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] piece = new byte[data.remaining()];
        data.get(piece);
        partialBytes.writeBytes(piece);
        if (last) {
            // The offset first.
            byte[] frame = partialBytes.toByteArray();
            partialBytes.reset();
            out.write(frame, Long.BYTES, Math.max(0, frame.length - Long.BYTES));
            out.flush();
        }
        lastSign.set(System.nanoTime());
        // Only now: a terminal that does not take it slows down the sender and nobody else.
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partialText.append(data);
        if (last) {
            said(parse(partialText.toString()));
            partialText.setLength(0);
        }
        from.request(1);
        return null;
    }

    private void said(JsonNode frame) {
        switch (frame.path("type").asText()) {
            case "hello" -> greeted(frame);
            case "lease" -> leased(frame);
            case "lease-refused" -> {
                wasLeaseRefused = true;
                notice(writer(frame) + " writes here, so you only look; --steal takes it over");
            }
            case "gap" ->
                notice((frame.path("to").asLong() - frame.path("from").asLong()) + " bytes are missing here: "
                        + frame.path("reason").asText());
            case "stopped" ->
                notice("the guest has ended: " + frame.path("reason").asText());
            case "restarted" ->
                notice("the domain has booted anew, domid "
                        + frame.path("domid").asText());
            case "refused" -> {
                wasRefused = true;
                notice("not typed: " + frame.path("problem").path("detail").asText());
            }
            case "error" -> notice(frame.path("problem").path("detail").asText());
            case "end" -> {
                isGone = true;
                notice("the domain is gone");
                detach();
            }
            default -> {}
        }
    }

    private void greeted(JsonNode hello) {
        self = hello.path("viewer").asText();
        JsonNode lease = hello.path("lease");
        holder = lease.path("holder").asText("");
        if (isTerminal && hello.path("shared").asBoolean()) {
            notice("this domain was made by another tool: bytes that xl console or others read are missing here");
        }
        int others = hello.path("viewers").size() - 1;
        if (isTerminal && others > 0) {
            notice(others + (others == 1 ? " other looks" : " others look") + " at this console; "
                    + (lease.path("holder").isNull()
                            ? "nobody"
                            : lease.path("name").asText()) + " writes");
        }
    }

    private void leased(JsonNode lease) {
        String before = holder;
        holder = lease.path("holder").isNull() ? "" : lease.path("holder").asText();
        boolean wasMine = before.equals(self);
        String reason = lease.path("reason").asText();
        if (holder.equals(self)) {
            // Said only where it was not to be expected.
            if (wasLeaseRefused && isTerminal) {
                notice("you write now");
            }
        } else if (holder.isEmpty()) {
            if (isTerminal) {
                notice(wasMine ? "you do not write any more: " + reason : "nobody writes now");
            }
        } else if (isTerminal || wasMine) {
            notice(writer(lease) + " writes now" + (wasMine ? ", it took that over from you" : ""));
        }
    }

    private static String writer(JsonNode frame) {
        return frame.path("name").isTextual() ? frame.path("name").asText() : "somebody";
    }

    private static JsonNode parse(String text) {
        try {
            return Daemon.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private void notice(String text) {
        // A raw terminal does not go to the begin of the line by itself.
        String end = isTerminal ? "\r\n" : "\n";
        err.print((isTerminal ? end : "") + "xcs: " + Visible.line(text) + end);
        err.flush();
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        if (!isGone) {
            String why = code == GOING_AWAY ? "the daemon stops" : "code " + code + " " + Visible.line(reason);
            end(CommandFailure.of(ExitCode.UNREACHABLE, "The console was closed: " + why.strip()));
        }
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        end(CommandFailure.of(ExitCode.UNREACHABLE, "The connection to the console is lost: " + failure));
    }

    @Override
    public void close() {
        WebSocket open = socket;
        if (open == null) {
            return;
        }
        try {
            // What was typed last is on its way first; a daemon that does not take it is not waited for.
            if (turn.tryAcquire(1, TimeUnit.SECONDS)) {
                open.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((sent, failure) -> turn.release());
                boolean isSent = turn.tryAcquire(1, TimeUnit.SECONDS);
                turn.release(isSent ? 1 : 0);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.abort();
    }
}

package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.PrintStream;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    private volatile @Nullable WebSocket socket;
    private volatile boolean hasInputEnded;
    private volatile boolean wasRefused;
    private volatile boolean isGone;

    /** Done when there is no failure. */
    private record Ending(@Nullable CommandFailure failure) {}

    ConsoleLink(PrintStream out, PrintStream err, boolean isTerminal) {
        this.out = out;
        this.err = err;
        this.isTerminal = isTerminal;
    }

    /** Returns when it is attached. */
    void open(Daemon daemon, String domainPath) {
        daemon.http()
                .newWebSocketBuilder()
                .subprotocols(PROTOCOL)
                .header("Authorization", daemon.bearer())
                .connectTimeout(CONNECT_TIMEOUT)
                .buildAsync(daemon.websocket(domainPath + "/console"), this)
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
                    .because(status == 429 ? "the console has its maximum of viewers" : "it refuses the console");
        }
        return daemon.unreachable(cause);
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
        try {
            turn.acquire();
            WebSocket to = awaitSocket();
            if (to == null) {
                return false;
            }
            if (!bytes.hasRemaining()) {
                turn.release();
                return true;
            }
            to.sendBinary(bytes, true).whenComplete((sent, failure) -> turn.release());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private @Nullable WebSocket awaitSocket() throws InterruptedException {
        WebSocket known = socket;
        return known != null ? known : opened.poll(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
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
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        out.write(bytes, 0, bytes.length);
        out.flush();
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
            case "gap" -> notice((frame.path("to").asLong() - frame.path("from").asLong()) + " bytes are lost here");
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

package dev.xcs.api;

import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleLogRead;
import dev.xcs.message.ConsoleShown;
import dev.xcs.message.FetchConsole;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.ReadConsoleLog;
import dev.xcs.model.ConsoleLease;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.ConsoleWatcher;
import dev.xcs.model.Domain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is asked of consoles without a websocket: how they stand, and the bytes that are kept. */
final class ConsoleOperations {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int READ_BYTES = 64 * 1024;
    private static final String BYTES = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})?-(\\d{1,18})?");

    private final EventBus bus;

    ConsoleOperations(EventBus bus) {
        this.bus = bus;
    }

    /** How a console stands. */
    record Shown(
            long first,
            long next,
            int boot,
            List<ConsoleText.Boot> boots,
            List<ConsoleWatcher> viewers,
            ConsoleLease lease,
            boolean kept,
            boolean shared) {}

    Future<?> state(RoutingContext context, UUID uuid) {
        return fetch(uuid)
                .compose(state -> Answers.json(
                        context.response(),
                        200,
                        new Shown(
                                state.first(),
                                state.next(),
                                state.boot(),
                                ConsoleText.Boot.of(state.boots()),
                                state.viewers(),
                                state.lease(),
                                state.kept(),
                                state.shared())));
    }

    /** One that is not known is told by who knows domains. */
    private Future<ConsoleState> fetch(UUID uuid) {
        return FetchDomain.ADDRESS
                .ask(bus, new FetchDomain(uuid), TIMEOUT)
                .compose(known ->
                        FetchConsole.ADDRESS.ask(bus, new FetchConsole(uuid, isForeign(known.domain())), TIMEOUT))
                .map(ConsoleShown::state);
    }

    private static boolean isForeign(Domain domain) {
        return !domain.managed() && domain.domid() != 0;
    }

    /** Part of a console's bytes. */
    private record Part(long from, long to, boolean ranged) {}

    Future<?> log(RoutingContext context, UUID uuid) {
        QueryFields query = ConsoleStart.query(context.queryParams(), "as");
        ConsoleStart start = ConsoleStart.of(query);
        String as = query.text("as", text -> text.equals("text") || text.equals("bytes"), "text or bytes");
        boolean text = "text".equals(as);
        String range = context.request().getHeader("Range");
        HttpServerResponse response = context.response();
        return fetch(uuid).compose(state -> {
            response.putHeader("X-Xcs-First-Offset", Long.toString(state.first()))
                    .putHeader("X-Xcs-Next-Offset", Long.toString(state.next()))
                    .putHeader(HttpHeaders.ACCEPT_RANGES, text ? "none" : "bytes");
            Part wanted = part(state, start, text ? null : range);
            if (wanted == null) {
                return unsatisfiable(response, state, String.valueOf(range));
            }
            return read(uuid, wanted.from).compose(first -> send(context, uuid, state, wanted, first, text));
        });
    }

    /** What is wanted and kept; null for a range of which nothing is. A header that is not understood is as good as none. */
    private static @Nullable Part part(ConsoleState state, ConsoleStart start, @Nullable String range) {
        Matcher asked = range == null ? null : RANGE.matcher(range.strip());
        if (asked == null || !asked.matches() || !start.isOpen()) {
            long from = start.from(state, Long.MAX_VALUE / 2);
            return new Part(Math.max(from, state.first()), start.to(state), false);
        }
        String low = asked.group(1);
        String high = asked.group(2);
        if (low == null && high == null) {
            return new Part(state.first(), state.next(), false);
        }
        long from = low == null ? state.next() - Long.parseLong(String.valueOf(high)) : Long.parseLong(low);
        long to = low == null || high == null ? state.next() : Math.min(state.next(), Long.parseLong(high) + 1);
        from = Math.max(from, state.first());
        return from < to ? new Part(from, to, true) : null;
    }

    private static Future<Void> unsatisfiable(HttpServerResponse response, ConsoleState state, String range) {
        response.putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + state.next());
        Problem problem = Problem.of(
                        ProblemType.RANGE,
                        "Header Range: " + Problem.quote(range) + ", expected some of the bytes " + state.first()
                                + " to " + (state.next() - 1) + ", which are kept")
                .withField("Range");
        return Answers.problem(response, problem);
    }

    private Future<ConsoleLogRead> read(UUID uuid, long from) {
        return ReadConsoleLog.ADDRESS.ask(bus, new ReadConsoleLog(uuid, from, READ_BYTES), TIMEOUT);
    }

    private Future<Void> send(
            RoutingContext context, UUID uuid, ConsoleState state, Part wanted, ConsoleLogRead first, boolean text) {
        HttpServerResponse response = context.response();
        // What begins in a hole begins behind it.
        long from = Math.max(wanted.from, ConsoleFrame.offset(first.frame()));
        if (wanted.ranged && from >= wanted.to) {
            return unsatisfiable(response, state, "bytes=" + wanted.from + "-" + (wanted.to - 1));
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, text ? TEXT : BYTES);
        response.putHeader("X-Xcs-Offset", Long.toString(Math.min(from, wanted.to)));
        if (wanted.ranged) {
            response.setStatusCode(206)
                    .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(wanted.to - from))
                    .putHeader(HttpHeaders.CONTENT_RANGE, "bytes " + from + "-" + (wanted.to - 1) + "/" + state.next());
        }
        response.setChunked(!wanted.ranged);
        if (context.request().method() == HttpMethod.HEAD) {
            return response.end();
        }
        return new Copy(uuid, response, wanted, text ? new PlainText() : null).from(first);
    }

    /** Sends what is kept piece by piece, each when the one before has gone. */
    private final class Copy {
        private final UUID uuid;
        private final HttpServerResponse response;
        private final Part wanted;
        private final @Nullable PlainText text;

        Copy(UUID uuid, HttpServerResponse response, Part wanted, @Nullable PlainText text) {
            this.uuid = uuid;
            this.response = response;
            this.wanted = wanted;
            this.text = text;
        }

        Future<Void> from(ConsoleLogRead read) {
            Buffer frame = read.frame();
            long offset = ConsoleFrame.offset(frame);
            int length = (int) Math.max(0, Math.min(ConsoleFrame.length(frame), wanted.to - offset));
            if (length == 0) {
                // The history has gone meanwhile: a range with fewer bytes than it has promised must not look like the
                // whole.
                return wanted.ranged ? response.reset(0) : response.end();
            }
            long next = offset + length;
            return response.write(shown(ConsoleFrame.bytes(frame).slice(0, length)))
                    .compose(gone -> next >= wanted.to ? response.end() : onwards(next));
        }

        private Buffer shown(Buffer bytes) {
            return text == null ? bytes : Buffer.buffer(text.of(bytes.getBytes()));
        }

        private Future<Void> onwards(long next) {
            return read(uuid, next).compose(read -> {
                // A range that says where its bytes are cannot leave out some in the middle.
                boolean broken = wanted.ranged && ConsoleFrame.offset(read.frame()) > next;
                return broken ? response.reset(0) : from(read);
            });
        }
    }
}

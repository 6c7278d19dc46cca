package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that gives the answers it was told to give, by method and path; the last of them again and again. */
final class ScriptedDaemon implements AutoCloseable {
    static final String TOKEN = "the-token";
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Queue<Answer>> answers = new HashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** What it was asked. */
    record Request(String line, Map<String, List<String>> headers, JsonNode body) {
        String header(String name) {
            return String.join(",", headers.getOrDefault(name, List.of()));
        }
    }

    private record Answer(int status, String type, String location, String body) {}

    ScriptedDaemon() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    Shell shell() {
        return Shell.with(Map.of("XCS_URL", url(), "XCS_TOKEN", TOKEN));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    ScriptedDaemon json(String request, String body) {
        return answer(request, 200, "application/json", "", body);
    }

    ScriptedDaemon problem(String request, int status, String type, String detail) {
        String body = "{\"type\":\"urn:xcs:problem:" + type + "\",\"detail\":\"" + detail
                + "\",\"cause\":\"the cause\",\"retryable\":true}";
        return answer(request, status, "application/problem+json", "", body);
    }

    ScriptedDaemon stream(String request, String type, String body) {
        return answer(request, 200, type, "", body);
    }

    ScriptedDaemon redirect(String request, String location) {
        return answer(request, 307, "text/plain", location, "");
    }

    private synchronized ScriptedDaemon answer(String request, int status, String type, String location, String body) {
        answers.computeIfAbsent(request, key -> new ArrayDeque<>()).add(new Answer(status, type, location, body));
        return this;
    }

    List<String> lines() {
        return requests.stream().map(Request::line).toList();
    }

    List<JsonNode> bodies(String line) {
        return requests.stream()
                .filter(request -> request.line().equals(line))
                .map(Request::body)
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(new Request(line, Map.copyOf(exchange.getRequestHeaders()), JSON.readTree(text)));
            Answer answer = next(line);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            if (!answer.location().isEmpty()) {
                exchange.getResponseHeaders().set("Location", answer.location());
            }
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized Answer next(String line) {
        Queue<Answer> queue = answers.getOrDefault(line, new ArrayDeque<>());
        if (queue.isEmpty()) {
            return new Answer(500, "text/plain", "", "nothing is scripted for " + line);
        }
        return queue.size() == 1 ? queue.peek() : queue.remove();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package dev.xcs.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks to a running daemon as any outside program would: plain HTTP with the admin token. */
public final class ApiClient {
    private static final Pattern HEAD =
            Pattern.compile("(?is)^HTTP/1.1 (\\d+).*?\ncontent-length: *(\\d+)\r\n.*?\r?\n?\r\n");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;
    private final String token;

    public ApiClient(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /** An answer: its body is a MissingNode when there was none or it was not JSON. */
    public record Answer(int status, HttpHeaders headers, JsonNode body) {
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer post(String path, Object body) {
        return sendText("POST", path, json(body));
    }

    public Answer put(String path, Object body) {
        return sendText("PUT", path, json(body));
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    /** Sends a body that need not be JSON. */
    public Answer sendText(String method, String path, String body) {
        return send(
                request(path).header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body)));
    }

    /** Creates a domain and gives its uuid; fails with the problem when it was not created. */
    public String create(Map<String, ?> spec) {
        Answer answer = post("/v1/domains", spec);
        if (answer.status() != 201) {
            throw new AssertionError("Not created: " + answer.status() + " " + answer.body());
        }
        return answer.body().path("uuid").asText();
    }

    public Answer state(String uuid, String state) {
        return put("/v1/domains/" + uuid + "/state", Map.of("state", state));
    }

    /** Who looks from the last bytes on and, the lease taken from whoever has it, types. */
    public ConsoleViewer console(String uuid) {
        ConsoleViewer writer = viewer(uuid, "");
        writer.sendText("{\"type\":\"steal-lease\"}");
        return writer;
    }

    /** Who only looks. @param query with its question mark, or nothing */
    public ConsoleViewer viewer(String uuid, String query) {
        URI address = URI.create(
                "ws" + base.toString().substring("http".length()) + "/v1/domains/" + uuid + "/console" + query);
        return ConsoleViewer.open(http, address, token);
    }

    /** The refusal of a console's websocket, whose body a websocket client does not show. */
    public Answer upgradeRefusal(String path) {
        try (Socket socket = stuck(
                path,
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xcs.console.v1")) {
            socket.setSoTimeout(60_000);
            StringBuilder answer = new StringBuilder();
            Matcher head = HEAD.matcher(answer);
            while (!head.reset().find()
                    || answer.length()
                            < head.end() + Integer.parseInt(head.group(2).strip())) {
                int c = socket.getInputStream().read();
                if (c < 0) {
                    throw new AssertionError("No refusal: " + answer);
                }
                answer.append((char) c);
            }
            return new Answer(
                    Integer.parseInt(head.group(1)),
                    HttpHeaders.of(Map.of(), (name, value) -> true),
                    JSON.readTree(answer.substring(head.end())));
        } catch (IOException failure) {
            throw new AssertionError("No answer from " + base, failure);
        }
    }

    /** The body as it is. */
    public String text(String path) {
        try {
            return http.send(request(path).build(), BodyHandlers.ofString()).body();
        } catch (IOException failure) {
            throw new AssertionError("No answer from " + base, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    /** Opens a stream of events as a websocket. */
    public EventReader events(String path) {
        return EventReader.open(http, URI.create("ws" + base.toString().substring("http".length()) + path), token);
    }

    /** The events of a finite range, as lines: the filter first. */
    public List<JsonNode> lines(String path) {
        try {
            HttpResponse<String> answer = http.send(
                    request(path).header("Accept", "application/x-ndjson").build(), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            }
            List<JsonNode> lines = new ArrayList<>();
            for (String line : answer.body().split("\n")) {
                lines.add(JSON.readTree(line));
            }
            return lines;
        } catch (IOException failure) {
            throw new AssertionError("No answer from " + base, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    /** A connection that has asked for a path and reads nothing of the answer. */
    public Socket stuck(String path) throws IOException {
        return stuck(path, "Accept: text/event-stream");
    }

    /** With header lines of the caller's. */
    public Socket stuck(String path, String headers) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n"
                + (headers.isEmpty() ? "" : headers + "\r\n") + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", "Bearer " + token);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.headers(), parse(answer));
        } catch (IOException failure) {
            throw new AssertionError("No answer from " + base, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    private static JsonNode parse(HttpResponse<String> answer) throws IOException {
        boolean isJson = answer.headers().firstValue("Content-Type").orElse("").contains("json");
        return isJson && !answer.body().isEmpty() ? JSON.readTree(answer.body()) : MissingNode.getInstance();
    }

    private static String json(Object body) {
        return JSON.valueToTree(body).toString();
    }
}

package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The daemon's API. Whatever is not an answer that was hoped for becomes a {@link CommandFailure}. */
final class Daemon {
    static final JsonMapper JSON = new JsonMapper();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Longer than the daemon itself takes for its slowest operation, the building of a big domain. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(5);

    private final URI base;
    private final String token;
    private final HttpClient http;

    Daemon(DaemonFinder.Found found) {
        this.base = found.url();
        this.token = found.token();
        this.http = client(base);
    }

    /** HTTP/1.1, and no redirects: the library would take the token along to wherever they lead. */
    private static HttpClient client(URI base) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT);
        if ("http".equals(base.getScheme())) {
            builder.sslContext(noTls());
        }
        return builder.build();
    }

    /** Else the client reads all root certificates at its start, which takes longer than the whole verb. */
    private static SSLContext noTls() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw CommandFailure.of(ExitCode.REFUSED, "This Java cannot make a TLS context: " + e);
        }
    }

    HttpClient http() {
        return http;
    }

    String bearer() {
        return "Bearer " + token;
    }

    /** The address of a websocket. */
    URI websocket(String path) {
        return URI.create("ws" + base.toString().substring("http".length()) + path);
    }

    JsonNode get(String path) {
        return answer(request(path).GET());
    }

    JsonNode post(String path, JsonNode body, Duration timeout) {
        return answer(withBody(path, "POST", body).timeout(timeout));
    }

    JsonNode post(String path, JsonNode body) {
        return post(path, body, ANSWER_TIMEOUT);
    }

    JsonNode put(String path, JsonNode body) {
        return put(path, body, ANSWER_TIMEOUT);
    }

    JsonNode put(String path, JsonNode body, Duration timeout) {
        return answer(withBody(path, "PUT", body).timeout(timeout));
    }

    JsonNode patch(String path, JsonNode body) {
        return answer(withBody(path, "PATCH", body).timeout(ANSWER_TIMEOUT));
    }

    void delete(String path) {
        answer(request(path).DELETE());
    }

    /** Opens an answer that goes on. */
    InputStream stream(String path, String accept, @Nullable String lastEventId) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", bearer())
                .header("Accept", accept);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> response = send(request.build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw refusal(response, new String(body.readNBytes(1 << 20), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw unreachable(e);
            }
        }
        return response.body();
    }

    /** The path of a domain: a uuid is taken as it is; a name or domid is looked up. */
    String domainPath(String domain) {
        if (DomainName.isUuid(domain)) {
            return "/v1/domains/" + domain;
        }
        String path = "/v1/domains/" + encode(DomainName.lookup(domain));
        HttpResponse<String> response = send(request(path).GET().build(), BodyHandlers.ofString());
        if (response.statusCode() != 307) {
            throw refusal(response, response.body());
        }
        String location = response.headers().firstValue("Location").orElse("");
        String uuid = location.substring(location.lastIndexOf('/') + 1);
        if (!DomainName.isUuid(uuid)) {
            throw CommandFailure.of(ExitCode.REFUSED, "The daemon redirects to " + location + " and not to a domain");
        }
        return "/v1/domains/" + uuid;
    }

    /** A query out of what is not empty, with its question mark. */
    static String query(Map<String, String> parameters) {
        String query = new TreeMap<>(parameters)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + encode(entry.getValue()))
                        .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(ANSWER_TIMEOUT).header("Authorization", bearer());
    }

    private URI uri(String path) {
        return URI.create(base + path);
    }

    private HttpRequest.Builder withBody(String path, String method, JsonNode body) {
        return request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body.toString()));
    }

    private JsonNode answer(HttpRequest.Builder request) {
        HttpResponse<String> response = send(request.build(), BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw refusal(response, response.body());
        }
        return parse(response.body());
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(new InterruptedIOException("interrupted"));
        }
    }

    /** No answer, or half of one. */
    CommandFailure unreachable(Throwable failure) {
        if (failure instanceof HttpTimeoutException && !(failure instanceof HttpConnectTimeoutException)) {
            return CommandFailure.of(ExitCode.TIMED_OUT, "The daemon at " + base + " did not answer in time");
        }
        String reason = failure instanceof ConnectException ? "nothing listens there" : String.valueOf(failure);
        return CommandFailure.of(ExitCode.UNREACHABLE, "The daemon at " + base + " is not reachable: " + reason)
                .because("it does not run, or runs elsewhere: see --url");
    }

    private static CommandFailure refusal(HttpResponse<?> response, String body) {
        JsonNode problem = parse(body);
        String path = response.request().uri().getRawPath();
        return CommandFailure.answered(response.statusCode(), problem, path.startsWith("/v1/domains/"));
    }

    private static JsonNode parse(String body) {
        try {
            return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}

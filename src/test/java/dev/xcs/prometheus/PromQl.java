package dev.xcs.prometheus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Asks a Prometheus server on loopback. */
final class PromQl {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    PromQl(int port) {
        this.base = URI.create("http://127.0.0.1:" + port);
    }

    boolean isReady() throws InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The value of an expression that gives one series; NaN when it gives none. */
    double value(String expression) throws IOException, InterruptedException {
        JsonNode result = result(expression);
        if (result.size() > 1) {
            throw new AssertionError(expression + " gives " + result.size() + " series: " + result);
        }
        return result.isEmpty() ? Double.NaN : number(result.get(0));
    }

    /** The values of an expression by the value of one label. */
    Map<String, Double> by(String label, String expression) throws IOException, InterruptedException {
        Map<String, Double> values = new TreeMap<>();
        for (JsonNode series : result(expression)) {
            values.put(series.path("metric").path(label).asText(), number(series));
        }
        return values;
    }

    private JsonNode result(String expression) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        JsonNode body = JSON.readTree(answer.body());
        if (!body.path("status").asText().equals("success")) {
            throw new AssertionError(expression + ": " + answer.body());
        }
        return body.path("data").path("result");
    }

    private static double number(JsonNode series) {
        return Double.parseDouble(series.path("value").path(1).asText().replace("+Inf", "Infinity"));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}

package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The API's contract, openapi.yaml: the route table and what /openapi.json serves. */
final class Contract {
    private static final String TEXT = "text/plain";
    private static final String FILE = "/openapi.yaml";
    private static final Set<String> STREAMS =
            Set.of("attachConsole", "attachDisplay", "streamEvents", "streamSession");

    /** Media types that the router does not know, and what stands for them. */
    private static final Map<String, String> FOREIGN =
            Map.of(Answers.PROBLEM_JSON, Answers.JSON, SseSink.TYPE, TEXT, LineSink.TYPE, TEXT);

    private final Map<String, Object> document;
    private final OpenAPIContract routes;

    private Contract(Map<String, Object> document, OpenAPIContract routes) {
        this.document = document;
        this.routes = routes;
    }

    /** Takes some 100 ms of a cold JVM, most of it on a worker thread. */
    static Future<Contract> load(Vertx vertx) {
        return vertx.executeBlocking(Contract::read)
                .compose(document -> OpenAPIContract.from(vertx, new JsonObject(forRouter(document)))
                        .map(routes -> new Contract(document, routes)));
    }

    private static Map<String, Object> read() throws IOException {
        try (InputStream in = Contract.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new ProblemException(Problem.of(ProblemType.INTERNAL, FILE + " is not on the class path"));
            }
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
        }
    }

    /**
     * The document as the router can take it. Vert.x 5.0 refuses every media type that it does not know, application/problem+json among them, and
     * wants a handler of its own for each security scheme, where the guard of all requests does that.
     */
    private static Map<String, Object> forRouter(Map<?, ?> document) {
        Map<String, Object> copy = new LinkedHashMap<>();
        document.forEach((key, value) -> copy.put(
                FOREIGN.getOrDefault(key.toString(), key.toString()),
                value instanceof Map<?, ?> map ? forRouter(map) : value));
        copy.remove("security");
        return copy;
    }

    OpenAPIContract routes() {
        return routes;
    }

    /** The document as it is published. */
    Buffer published() {
        return new JsonObject(document).toBuffer();
    }

    /** The methods that a path knows: of the contract, or those of the web page's files where the contract has no such path. */
    Set<String> methods(String path) {
        Path found = routes.findPath(path);
        if (found == null) {
            return new TreeSet<>(List.of("GET", "HEAD", "OPTIONS"));
        }
        Set<String> methods = new TreeSet<>(List.of("OPTIONS"));
        for (Operation operation : found.getOperations()) {
            methods.add(operation.getHttpMethod().name());
            if (answersHead(operation)) {
                methods.add(HttpMethod.HEAD.name());
            }
        }
        return methods;
    }

    /** Whether HEAD is GET without the body; not where one spends a ticket and where there is nothing to be read. */
    static boolean answersHead(Operation operation) {
        return operation.getHttpMethod().equals(HttpMethod.GET)
                && !operation.getOperationId().equals("logIn")
                && !isStream(operation.getOperationId());
    }

    /** Whether the operation's answer has no end of its own. */
    static boolean isStream(String operationId) {
        return STREAMS.contains(operationId);
    }

    /** Whether there may be something at the path. */
    boolean knows(String path) {
        return routes.findPath(path) != null || !path.startsWith("/v1");
    }
}

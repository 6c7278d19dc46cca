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
import io.vertx.openapi.contract.Path;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The API's contract, openapi.yaml: the route table and what /openapi.json serves. */
final class Contract {
    private static final String FILE = "/openapi.yaml";

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
                key.equals(Answers.PROBLEM_JSON) ? Answers.JSON : key.toString(),
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

    /** The methods that a path knows; GET and HEAD, as for static files, where it is not of the contract. */
    Set<String> methods(String path) {
        Path found = routes.findPath(path);
        Set<String> methods = new TreeSet<>();
        if (found == null) {
            methods.add("GET");
        } else {
            found.getOperations()
                    .forEach(operation -> methods.add(operation.getHttpMethod().name()));
        }
        if (methods.contains(HttpMethod.GET.name())) {
            methods.add(HttpMethod.HEAD.name());
        }
        methods.add(HttpMethod.OPTIONS.name());
        return methods;
    }

    /** Whether the path is of the contract. */
    boolean knows(String path) {
        return routes.findPath(path) != null;
    }
}

package dev.xcs.api;

import dev.xcs.message.InspectImage;
import dev.xcs.model.Problem;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;

/** Kernel images over HTTP. */
final class ImageOperations {
    /** One at a time is looked at, and a large one takes seconds on a slow machine. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final int MAX_PATH = 4096;
    private static final String EXPECTED = "the path of a file, of at most " + MAX_PATH + " characters";

    private final EventBus bus;

    ImageOperations(EventBus bus) {
        this.bus = bus;
    }

    Future<?> inspect(RoutingContext context) {
        QueryFields fields = new QueryFields(context.queryParams(), Set.of("path"));
        String path = fields.text("path", ImageOperations::isPath, EXPECTED);
        if (path == null) {
            throw Problem.invalidField("path", null, EXPECTED).toException();
        }
        return InspectImage.ADDRESS
                .ask(bus, new InspectImage(path), TIMEOUT)
                .compose(found -> Answers.json(context.response(), 200, found.image()));
    }

    private static boolean isPath(String text) {
        return !text.isEmpty() && text.length() <= MAX_PATH && text.indexOf('\0') < 0;
    }
}

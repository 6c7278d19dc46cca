package dev.xcs.api;

import dev.xcs.message.ForgetKernels;
import dev.xcs.message.ShowKernelCache;
import dev.xcs.model.CachedKernel;
import dev.xcs.model.KernelCacheView;
import dev.xcs.model.Problem;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.regex.Pattern;

/** The kernels that are kept unpacked, over HTTP. */
final class KernelOperations {
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{1,16}(-[0-9a-f]{1,16}){4}");

    private final EventBus bus;

    KernelOperations(EventBus bus) {
        this.bus = bus;
    }

    /** The cache in the contract's form. */
    record Shown(long maxBytes, long bytes, long hits, long misses, long damaged, List<CachedKernel> kernels) {
        static Shown of(KernelCacheView cache) {
            return new Shown(
                    cache.maxBytes(),
                    cache.counts().bytes(),
                    cache.counts().hits(),
                    cache.counts().misses(),
                    cache.counts().damaged(),
                    cache.kernels());
        }
    }

    Future<?> show(RoutingContext context) {
        return ShowKernelCache.ADDRESS
                .ask(bus, new ShowKernelCache(), DomainOperations.LONG)
                .compose(shown -> Answers.json(context.response(), 200, Shown.of(shown.cache())));
    }

    Future<?> clear(RoutingContext context) {
        return forget(context, new ForgetKernels(null));
    }

    Future<?> forget(RoutingContext context) {
        String key = context.pathParam("key");
        if (!KEY.matcher(key).matches()) {
            throw Problem.invalidField("key", key, "five hexadecimal numbers with - between, as the cache shows it")
                    .toException();
        }
        return forget(context, new ForgetKernels(key));
    }

    private Future<?> forget(RoutingContext context, ForgetKernels wanted) {
        return ForgetKernels.ADDRESS
                .ask(bus, wanted, DomainOperations.LONG)
                .compose(done -> context.response().setStatusCode(204).end());
    }
}

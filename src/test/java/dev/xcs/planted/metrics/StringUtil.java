package dev.xcs.planted.metrics;

import io.vertx.core.Future;

public final class StringUtil {
    static int count;

    private StringUtil() {}

    static String wait(Future<String> future) throws InterruptedException {
        count++;
        Thread.sleep(1);
        return future.await();
    }
}

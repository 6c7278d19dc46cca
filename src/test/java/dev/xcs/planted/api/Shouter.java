package dev.xcs.planted.api;

import io.vertx.core.eventbus.EventBus;

public final class Shouter {
    void shout(EventBus bus) {
        System.out.println("shout");
        bus.publish("everywhere", "shout");
        throw new RuntimeException("shout");
    }
}

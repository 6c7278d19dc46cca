package dev.xcs.planted.domain;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;

public final class Deployer extends VerticleBase {
    Future<String> deploy(Vertx vertx) {
        return vertx.deployVerticle(new Deployer());
    }
}

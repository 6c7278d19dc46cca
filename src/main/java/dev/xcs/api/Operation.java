package dev.xcs.api;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** Answers one operation of the contract; a failure becomes its problem document. */
@FunctionalInterface
interface Operation {
    Future<?> answer(RoutingContext context);
}

package dev.xcs.planted.domain;

import com.sun.jna.Pointer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.impl.VertxThread;

public record PointerHolder(Pointer pointer, HttpServer server, VertxThread internal) {}

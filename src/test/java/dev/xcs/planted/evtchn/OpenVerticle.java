package dev.xcs.planted.evtchn;

import io.vertx.core.VerticleBase;

public class OpenVerticle extends VerticleBase {}

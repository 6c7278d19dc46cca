package dev.xcs.planted.cyclic.b;

import dev.xcs.planted.cyclic.a.Hen;

public record Egg(Hen of) {}

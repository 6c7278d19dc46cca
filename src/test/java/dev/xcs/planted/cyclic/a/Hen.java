package dev.xcs.planted.cyclic.a;

import dev.xcs.planted.cyclic.b.Egg;

public record Hen(Egg from) {}

package dev.xcs.model;

import java.time.Instant;

/**
 * Where one boot of a domain begins in what its console has printed.
 *
 * @param boot 1 for the first since the domain was made
 * @param offset of the first byte that this boot printed
 */
public record ConsoleBoot(int boot, int domid, long offset, Instant time) {}

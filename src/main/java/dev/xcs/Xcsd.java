package dev.xcs;

/** The daemon. */
public final class Xcsd {
    private Xcsd() {}

    public static void main(String[] args) {}
}

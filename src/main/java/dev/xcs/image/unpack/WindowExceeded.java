package dev.xcs.image.unpack;

import java.io.IOException;

/** The stream refers back further than is kept: it may be well, but cannot be followed from here on. */
public final class WindowExceeded extends IOException {
    WindowExceeded(int keptBytes) {
        super("it refers back by more than the " + (keptBytes >> 20) + " MiB that are kept");
    }
}

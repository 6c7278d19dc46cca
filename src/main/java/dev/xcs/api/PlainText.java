package dev.xcs.api;

import java.io.ByteArrayOutputStream;

/** Takes the control sequences of terminals out of a stream of bytes, also where they are cut between two pieces. */
final class PlainText {
    private static final int ESCAPE = 0x1b;
    private static final int BELL = 0x07;
    /** A sequence that does not end is text that was damaged. */
    private static final int LONGEST = 1024;

    private enum State {
        TEXT,
        ESCAPED,
        /** ESC [ ... letter */
        CONTROL,
        /** ESC ] or P, X, ^, _ ... BEL or ESC \ */
        STRING,
        STRING_ESCAPED,
        /** ESC ( and the like: one more byte. */
        DESIGNATION
    }

    private State state = State.TEXT;
    private int length;

    byte[] of(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (byte b : bytes) {
            take(b & 0xff, out);
        }
        return out.toByteArray();
    }

    private void take(int c, ByteArrayOutputStream out) {
        length++;
        if (length > LONGEST) {
            state = State.TEXT;
        }
        switch (state) {
            case TEXT -> text(c, out);
            case ESCAPED -> state = afterEscape(c);
            case CONTROL -> state = c >= 0x40 && c <= 0x7e ? State.TEXT : State.CONTROL;
            case STRING -> state = c == BELL ? State.TEXT : c == ESCAPE ? State.STRING_ESCAPED : State.STRING;
            case STRING_ESCAPED -> state = c == '\\' ? State.TEXT : State.STRING;
            case DESIGNATION -> state = State.TEXT;
        }
        if (state == State.TEXT) {
            length = 0;
        }
    }

    private static State afterEscape(int c) {
        return switch (c) {
            case '[' -> State.CONTROL;
            case ']', 'P', 'X', '^', '_' -> State.STRING;
            case '(', ')', '*', '+', '-', '.', '/', '#', '%', ' ' -> State.DESIGNATION;
            default -> State.TEXT;
        };
    }

    private void text(int c, ByteArrayOutputStream out) {
        if (c == ESCAPE) {
            state = State.ESCAPED;
        } else if (c == '\n' || c == '\t' || c >= 0x20 && c != 0x7f) {
            out.write(c);
        }
    }
}

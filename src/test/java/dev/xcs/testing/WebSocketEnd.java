package dev.xcs.testing;

import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;

/** A client's end of a websocket: whole text messages, and how it ended. */
abstract class WebSocketEnd implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();
    private int closeCode;

    /** Called with the lock held. */
    abstract void told(String text);

    /** 0 while it is open, 1006 when the connection was lost. */
    public final synchronized int closeCode() {
        return closeCode;
    }

    @Override
    public final synchronized CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            told(partial.toString());
            partial.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public final synchronized CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode = code;
        return null;
    }

    @Override
    public final synchronized void onError(WebSocket from, Throwable failure) {
        closeCode = closeCode == 0 ? 1006 : closeCode;
    }
}

package dev.xcs.gateway;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.Terminal;
import dev.xcs.message.CloseTerminal;
import dev.xcs.message.ConsoleWritten;
import dev.xcs.message.Done;
import dev.xcs.message.OpenTerminal;
import dev.xcs.message.TerminalOpened;
import dev.xcs.message.TerminalsPolled;
import dev.xcs.message.WriteTerminal;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pseudo terminals that were made, by the domid of the console on them. One thread at a time. */
final class TerminalTable {
    private final Hypervisor hypervisor;
    private final Map<Integer, Terminal> terminals = new HashMap<>();
    private final byte[] typed = new byte[1024];

    TerminalTable(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    TerminalOpened open(OpenTerminal ask) {
        close(new CloseTerminal(ask.domid()));
        Terminal made = hypervisor.terminals().make();
        terminals.put(ask.domid(), made);
        return new TerminalOpened(made.path());
    }

    Done close(CloseTerminal ask) {
        Terminal terminal = terminals.remove(ask.domid());
        if (terminal != null) {
            terminal.close();
        }
        return new Done();
    }

    TerminalsPolled poll() {
        List<TerminalsPolled.Open> open = new ArrayList<>();
        terminals.forEach((domid, terminal) -> {
            if (terminal.isOpen()) {
                int count = terminal.read(typed);
                open.add(new TerminalsPolled.Open(domid, Buffer.buffer(count).appendBytes(typed, 0, count)));
            }
        });
        return new TerminalsPolled(open);
    }

    ConsoleWritten write(WriteTerminal ask) {
        Terminal terminal = terminals.get(ask.domid());
        return new ConsoleWritten(
                terminal == null ? 0 : write(terminal, ask.bytes().getBytes()));
    }

    /** As many of them as there is room for. */
    static int write(Terminal terminal, byte[] bytes) {
        int written = 0;
        int count = -1;
        while (count != 0 && written < bytes.length) {
            count = terminal.write(bytes, written, bytes.length - written);
            written += count;
        }
        return written;
    }

    void close() {
        terminals.values().forEach(Terminal::close);
        terminals.clear();
    }
}

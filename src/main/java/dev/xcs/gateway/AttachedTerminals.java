package dev.xcs.gateway;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.Terminal;
import dev.xcs.message.AttachTerminal;
import dev.xcs.message.ConsoleWritten;
import dev.xcs.message.DetachTerminal;
import dev.xcs.message.Done;
import dev.xcs.message.ReadTerminal;
import dev.xcs.message.TerminalRead;
import dev.xcs.message.TypeTerminal;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/** The terminals of other tools that are open here, by the domid of the console on them. One thread at a time. */
final class AttachedTerminals {
    /** One answer carries no more, so that one that is never empty lets the others have their turn. */
    private static final int MAX_READ_BYTES = 16 * 1024;

    private final Hypervisor hypervisor;
    private final Map<Integer, Terminal> terminals = new HashMap<>();
    private final byte[] some = new byte[4096];

    AttachedTerminals(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    Done attach(AttachTerminal ask) {
        detach(new DetachTerminal(ask.domid()));
        terminals.put(ask.domid(), hypervisor.terminals().attach(ask.path()));
        return new Done();
    }

    Done detach(DetachTerminal ask) {
        Terminal terminal = terminals.remove(ask.domid());
        if (terminal != null) {
            terminal.close();
        }
        return new Done();
    }

    TerminalRead read(ReadTerminal ask) {
        Terminal terminal = attached(ask.domid());
        // Asked first: what was shown before the other end was closed is read all the same.
        boolean over = !terminal.isOpen();
        Buffer bytes = Buffer.buffer();
        int count = -1;
        while (count != 0 && bytes.length() + some.length <= MAX_READ_BYTES) {
            count = terminal.read(some);
            bytes.appendBytes(some, 0, count);
        }
        return new TerminalRead(bytes, over && count == 0);
    }

    ConsoleWritten type(TypeTerminal ask) {
        return new ConsoleWritten(
                TerminalTable.write(attached(ask.domid()), ask.bytes().getBytes()));
    }

    private Terminal attached(int domid) {
        Terminal terminal = terminals.get(domid);
        if (terminal == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "No terminal of domid " + domid + " is attached")
                    .toException();
        }
        return terminal;
    }

    void close() {
        terminals.values().forEach(Terminal::close);
        terminals.clear();
    }
}

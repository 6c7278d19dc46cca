package dev.xcs.hypervisor.sim.netbsd;

import dev.xcs.hypervisor.netbsd.CommandRunner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The programs of a simulated NetBSD that its network is seen and changed by. They know what xcsd says to them, and refuse all else. */
public final class NetbsdPrograms implements CommandRunner {
    private final Object lock;
    private final Map<String, Function<Arguments, String>> programs;

    /** @param lock what is held while one runs */
    public NetbsdPrograms(NetbsdKernel kernel, Object lock) {
        this.lock = lock;
        RouteProgram routes = new RouteProgram(kernel);
        this.programs = Map.of(
                "ifconfig", new Ifconfig(kernel)::run,
                "brconfig", new Brconfig(kernel)::run,
                "npfctl", new Npfctl(kernel)::run,
                "route", routes::route,
                "arp", routes::arp,
                "ndp", routes::ndp,
                "sysctl", routes::sysctl);
    }

    @Override
    public Result run(List<String> command, Duration patience) {
        Function<Arguments, String> program = programs.get(command.get(0));
        if (program == null) {
            return Result.failed(command.get(0) + ": not found");
        }
        synchronized (lock) {
            try {
                return Result.ok(program.apply(new Arguments(command.subList(1, command.size()))));
            } catch (ProgramFailure e) {
                return Result.failed(e.getMessage() + "\n");
            }
        }
    }
}

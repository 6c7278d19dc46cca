package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.DomainType;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ShutdownReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One boot of a simulated guest: a state machine that is moved on by console events, xenstore watches and timers, and that has no
 * thread. It prints through its ring only: while that is full it waits for dom0's event.
 *
 * <p>The public methods are the machine's and may be called from any thread; all others run in the mailbox, one at a time.
 */
public final class Guest {
    /** A kernel's whole log is kept within this many lines. */
    private static final int KERNEL_LOG_LINES = 500;
    /** How long the last words may wait for room in the ring before the machine stops without them. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A vcpu whose printk waits for the ring spins. */
    private static final int SPINNING = 1000;

    private static final int IDLE = 2;
    private static final long RATE_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Those that keep nothing of their own. */
    private static final List<Driver> DRIVERS = List.of(new ManageDriver(), new BalloonDriver(), new CpuDriver());

    private final Hardware hardware;
    private final Flavour flavour;
    private final GuestOptions options;
    private final String cmdline;
    private final ScheduledExecutorService executor;
    private final Mailbox mailbox;
    private final Mailbox.Signal cpu;
    private final Mailbox.Signal linked;
    private final Terminal terminal = new Terminal();
    private final Shell shell = new Shell();
    private final Deque<String> kernelLog = new ArrayDeque<>();
    private final byte[] typed = new byte[256];
    private final PrintRate rate;
    private final BlockDriver disks;
    private final NetDriver networks;
    private final Mailbox.Signal unstuck;
    private volatile @Nullable ScheduledFuture<?> timer;
    private @Nullable Program program = Guest::powerOn;
    private @Nullable ShutdownReason ending;
    private long startedNanos = System.nanoTime();
    private long dueNanos = startedNanos;
    private boolean up;
    private boolean ended;
    private boolean introduced;
    private boolean xenbus;

    public Guest(
            Hardware hardware,
            SimKernel kernel,
            @Nullable String cmdline,
            GuestOptions options,
            ScheduledExecutorService executor) {
        this.hardware = hardware;
        this.flavour = kernel.flavour();
        this.cmdline = cmdline == null ? "" : cmdline;
        this.options = options;
        this.executor = executor;
        this.disks = new BlockDriver(this);
        this.networks = new NetDriver(this, options.addresses());
        this.rate = new PrintRate(options.printRate());
        this.mailbox = new Mailbox(executor, hardware::runnable);
        this.cpu = mailbox.signal(this::advance);
        this.linked = mailbox.signal(() -> {
            introduced = true;
            startDrivers();
        });
        this.unstuck = mailbox.signal(this::unstickDrivers);
        cpu.raise();
    }

    /** A fault that makes a driver of it deaf was taken back. */
    public void unstick() {
        unstuck.raise();
    }

    private void unstickDrivers() {
        disks.driver().unstick();
        networks.driver().unstick();
    }

    /** Its cpus may run (again). */
    public void resume() {
        mailbox.resume();
    }

    /** Returns when nothing of it runs any more, to be called after its cpus were stopped. */
    public void quiesce() {
        mailbox.quiesce();
    }

    /** The machine is gone. */
    public void stop() {
        mailbox.stop();
        ScheduledFuture<?> last = timer;
        if (last != null) {
            last.cancel(false);
        }
    }

    /** The event channel of the console fired. */
    public void consoleEvent() {
        cpu.raise();
    }

    /** xenstored knows the domain now. */
    public void introduced() {
        linked.raise();
    }

    private void advance() {
        if (ended) {
            return;
        }
        flush();
        if (takeInput()) {
            flush();
        }
        if (ending != null) {
            finish(ending);
        } else if (terminal.waiting() > 0 && (program == null || program.waitsForOutput())) {
            waitForRoom();
        } else {
            proceed();
        }
    }

    /** Nothing hinders the program, or there is none: the shell then takes the next line. */
    private void proceed() {
        Program current = program == null ? nextProgram() : program;
        program = current;
        long now = System.nanoTime();
        if (current == null) {
            hardware.load(IDLE);
        } else if (dueNanos - now > 0) {
            hardware.load(terminal.waiting() > 0 ? SPINNING : current.load());
            wakeIn(dueNanos - now);
        } else {
            step(current, now);
        }
    }

    private void step(Program current, long now) {
        long answer = current.step(this);
        if (answer == Program.DONE && program == current) {
            program = null;
            promptWhenIdle();
        }
        dueNanos = now + Math.max(0, answer);
        cpu.raise();
    }

    private @Nullable Program nextProgram() {
        String line = shell.idle() ? terminal.nextLine() : null;
        if (line != null) {
            shell.take(line);
        } else if (shell.idle()) {
            return null;
        }
        Program next = shell.idle() ? null : shell.next(this);
        if (next == null) {
            promptWhenIdle();
            cpu.raise();
        }
        return program == null ? next : program;
    }

    /** The first step of all, taken when the cpus run for the first time. */
    private static long powerOn(Guest guest) {
        boolean panics = guest.options.crashAtBoot() || guest.hardware.panicsAtBoot();
        guest.startedNanos = System.nanoTime();
        guest.program = new BootProgram(
                guest.flavour.boot(guest.facts()), guest.options.bootTime().toNanos(), panics);
        return Program.AGAIN;
    }

    private void promptWhenIdle() {
        if (shell.idle() && program == null && ending == null && up) {
            terminal.print(flavour.prompt(facts()));
        }
    }

    private void flush() {
        if (terminal.waiting() == 0) {
            return;
        }
        int moved = rate.spend(terminal.flush(hardware.console(), rate.allowed()));
        if (hardware.corruptsRing()) {
            CorruptRing.write(hardware.consolePage());
            moved++;
        }
        if (moved > 0) {
            hardware.notifyConsole();
        }
    }

    private void waitForRoom() {
        hardware.load(SPINNING);
        if (rate.limited()) {
            wakeIn(RATE_TICK_NANOS);
        }
    }

    private boolean takeInput() {
        boolean took = false;
        while (up && ending == null && terminal.takesInput() && (program == null || program.takesInput())) {
            int count = hardware.console().takeInput(typed);
            for (int i = 0; i < count; i++) {
                react(terminal.type(typed[i]));
            }
            if (count == 0) {
                break;
            }
            took = true;
        }
        if (took) {
            hardware.notifyConsole();
        }
        return took;
    }

    private void react(Terminal.Key key) {
        if (key == Terminal.Key.INTERRUPT) {
            shell.clear();
            program = null;
            dueNanos = System.nanoTime();
            promptWhenIdle();
        } else if (key == Terminal.Key.END_OF_FILE && program == null && shell.idle()) {
            logout();
            promptWhenIdle();
        }
    }

    private void wakeIn(long nanos) {
        ScheduledFuture<?> last = timer;
        if (last != null) {
            last.cancel(false);
        }
        timer = executor.schedule(cpu::raise, nanos, TimeUnit.NANOSECONDS);
    }

    private void finish(ShutdownReason reason) {
        long left = dueNanos - System.nanoTime();
        if (terminal.waiting() > 0 && left > 0) {
            wakeIn(left);
        } else {
            ended = true;
            hardware.load(0);
            hardware.shutdown(reason);
        }
    }

    /** A part of the boot is done. */
    void reached(BootLine.Stage stage) {
        switch (stage) {
            case CPUS -> hardware.onlineVcpus(hardware.vcpus());
            case XENBUS -> {
                xenbus = true;
                startDrivers();
            }
            case NONE -> {}
        }
    }

    private void startDrivers() {
        if (introduced && xenbus) {
            xenbus = false;
            DRIVERS.forEach(driver -> driver.start(this));
            disks.driver().start(this);
            networks.driver().start(this);
        }
    }

    /** The boot is over. */
    void up() {
        up = true;
        terminal.print(flavour.login(facts()));
        if (options.run() != null) {
            shell.take(options.run());
        }
        if (options.rebootLoop()) {
            shell.take("reboot");
        }
    }

    void logout() {
        terminal.print("logout\n" + flavour.login(facts()));
    }

    /** An orderly end, with the messages that go with it. */
    void goDown(ShutdownReason reason) {
        if (program instanceof EndProgram || ending != null) {
            return;
        }
        boolean reboot = reason == ShutdownReason.REBOOT;
        shell.clear();
        program = new EndProgram(
                flavour.goingDown(reboot), reason, options.shutdownTime().toNanos());
        dueNanos = System.nanoTime();
        cpu.raise();
    }

    void panic() {
        flavour.panic(facts()).lines().forEach(this::printk);
        end(ShutdownReason.CRASH);
    }

    /** The end, as soon as everything that was printed has found room in the ring. */
    void end(ShutdownReason reason) {
        ending = reason;
        dueNanos = System.nanoTime() + LAST_WORDS_NANOS;
        cpu.raise();
    }

    void printk(String text) {
        logged((System.nanoTime() - startedNanos) / 1e9, text);
    }

    void logged(double seconds, String text) {
        String line = flavour.kernelLine(seconds, text);
        kernelLog.add(line);
        if (kernelLog.size() > KERNEL_LOG_LINES) {
            kernelLog.remove();
        }
        terminal.print(line + "\n");
    }

    String kernelLog() {
        return String.join("\n", kernelLog) + "\n";
    }

    void write(String key, String value) {
        try {
            hardware.write(key, value);
        } catch (ProblemException e) {
            printk("xenbus: cannot write " + key + ": " + e.getMessage());
        }
    }

    /** The value of a key, empty when there is none. */
    String read(String key) {
        return hardware.read(key).orElse("");
    }

    void watch(String key, Runnable reaction) {
        Runnable raise = signal(reaction);
        hardware.watch(key, path -> raise.run());
    }

    /** Something that runs in the mailbox for as long as the guest does; what is given raises it, from any thread. */
    Runnable signal(Runnable reaction) {
        Mailbox.Signal signal = mailbox.signal(() -> {
            if (!ended && ending == null) {
                reaction.run();
                cpu.raise();
            }
        });
        return signal::raise;
    }

    /** Runs something in the mailbox after a time, if the guest is there by then. */
    void after(long nanos, Runnable reaction) {
        executor.schedule(signal(reaction), nanos, TimeUnit.NANOSECONDS);
    }

    /** What a program waits for has come. */
    void wake(Program waiting) {
        if (program == waiting) {
            dueNanos = System.nanoTime();
            cpu.raise();
        }
    }

    BlockDriver disks() {
        return disks;
    }

    NetDriver networks() {
        return networks;
    }

    /** Lets go of every device, as the kernel does before the machine is off. */
    void releaseDevices() {
        disks.driver().shutdown();
        networks.driver().shutdown();
    }

    boolean ignoresShutdown() {
        return options.ignoreShutdown() || hardware.stuck();
    }

    Facts facts() {
        String name = read("name");
        return new Facts(
                name.matches("[A-Za-z0-9.-]{1,63}") ? name : "sim",
                hardware.type() == DomainType.PV ? "PV" : "HVM",
                hardware.memoryKib(),
                hardware.vcpus(),
                cmdline,
                (System.nanoTime() - startedNanos) / 1e9,
                List.copyOf(disks.byName().keySet()));
    }

    Hardware hardware() {
        return hardware;
    }

    Flavour flavour() {
        return flavour;
    }

    Terminal terminal() {
        return terminal;
    }
}

package dev.xcs.console;

import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far one boot is: built, unpaused, first-byte, kernel, prompt. Each is told once, and how long it took since the making of the boot
 * began is measured; of a boot that is older than this daemon only what its console still brings, and no times.
 */
final class Milestones {
    static final String BUILT = "built";
    static final String UNPAUSED = "unpaused";
    static final String FIRST_BYTE = "first-byte";
    static final String KERNEL = "kernel";
    static final String PROMPT = "prompt";

    private final EventBus bus;
    private final AttachConsole boot;
    private final ConsoleMetrics metrics;
    private final MilestoneMatcher matcher;
    private final Set<String> told = new HashSet<>();

    Milestones(EventBus bus, AttachConsole boot, ConsoleConfig config, ConsoleMetrics metrics) {
        this.bus = bus;
        this.boot = boot;
        this.metrics = metrics;
        this.matcher = new MilestoneMatcher(
                // A boot that was under way already has perhaps printed its banner long ago.
                boot.adopted()
                        ? List.of()
                        : List.of(
                                new MilestoneMatcher.Milestone(KERNEL, config.bannerOf(boot.os())),
                                new MilestoneMatcher.Milestone(PROMPT, config.promptOf(boot.os()))));
    }

    void built() {
        if (!boot.adopted()) {
            reached(BUILT);
        }
    }

    void unpaused() {
        if (!boot.adopted()) {
            reached(UNPAUSED);
        }
    }

    void firstByte() {
        reached(FIRST_BYTE);
    }

    void printed(Buffer bytes) {
        matcher.found(bytes).forEach(this::reached);
    }

    private void reached(String name) {
        if (!told.add(name)) {
            return;
        }
        @Nullable Instant begun = boot.begun();
        if (begun != null) {
            metrics.reached(name, Duration.between(begun, Instant.now()));
        }
        RouteControl.ADDRESS.publish(
                bus,
                new RouteControl(ControlMessage.about(
                        boot.uuid(),
                        boot.domid(),
                        ControlSubtype.CONSOLE_MILESTONE,
                        new ControlPayload.Milestone(name))));
    }
}

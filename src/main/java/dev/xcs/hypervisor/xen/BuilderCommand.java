package dev.xcs.hypervisor.xen;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the builder process is started: by the Java that runs the daemon, of the daemon's own classes, with little memory. */
final class BuilderCommand {
    /** Names and numbers of one guest at a time; kernels are outside the heap. */
    private static final List<String> FRUGAL =
            List.of("-Xms8m", "-Xmx32m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    private static final List<String> PASSED_ON = List.of("jna.tmpdir", "jna.platform.library.path", "java.io.tmpdir");

    private BuilderCommand() {}

    static List<String> of(Path root) {
        return of(System.getProperty("java.class.path"), BuilderMain.class.getName(), root.toString());
    }

    static List<String> of(String classPath, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FRUGAL);
        for (String property : PASSED_ON) {
            String value = property(property);
            if (value != null) {
                command.add("-D" + property + "=" + value);
            }
        }
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }

    private static @Nullable String property(String name) {
        return System.getProperty(name);
    }
}

package dev.xcs.hypervisor.xen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.hypervisor.xen.net.OvsCommands;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Bridges of Open vSwitch, by its program ovs-vsctl, without a shell. */
final class OpenVswitch {
    static final String PROGRAM = "ovs-vsctl";

    /** Of what it says when it fails. */
    private static final int MAX_WORDS = 60;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Path> directories;

    /** @param directories where the program may be, the first first */
    OpenVswitch(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    /** Makes, or mends, a network's bridge with what leads out of it. */
    void putBridge(HostNetwork network, String bridge) {
        require(OvsCommands.putBridge(network, bridge));
    }

    void removeBridge(String bridge) {
        require(OvsCommands.removeBridge(bridge));
    }

    /** Puts an interface on a bridge, from whichever it is on. One that is on it already stays there. */
    void putPort(String bridge, String port, @Nullable Integer vlan) {
        Path path = program().orElseThrow(OpenVswitch::missing);
        if (run(path, OvsCommands.keepPort(bridge, port, vlan)).status() != 0) {
            require(OvsCommands.movePort(bridge, port, vlan));
        }
    }

    /** Quietly does nothing where the program is not installed or its database is down: that may be so where no vif was ever on a bridge of it. */
    void removePort(String port) {
        List<String> arguments = OvsCommands.removePort(port);
        program()
                .map(path -> run(path, arguments))
                .filter(result -> !result.hasNoDatabase())
                .ifPresent(result -> result.require(arguments));
    }

    /** The bridges that were made for networks, and the network of each; none where the program is not installed or its database is down. */
    Map<String, String> made() {
        Map<String, String> found = new HashMap<>();
        Optional<Result> listed = program().map(path -> run(path, OvsCommands.listBridges()));
        if (listed.isEmpty() || listed.get().status() != 0) {
            return found;
        }
        for (JsonNode row : rows(listed.get().output())) {
            // The value is ["map", [[key, value], ...]].
            for (JsonNode pair : row.path(1).path(1)) {
                if (pair.path(0).asText().equals(OvsCommands.OWNER)) {
                    found.put(row.path(0).asText(), pair.path(1).asText());
                }
            }
        }
        return found;
    }

    private static JsonNode rows(String output) {
        try {
            return JSON.readTree(output).path("data");
        } catch (JsonProcessingException e) {
            Problem problem = Problem.of(
                            ProblemType.HYPERVISOR, PROGRAM + " lists what is no JSON: " + Problem.quote(output))
                    .withCall(PROGRAM, "list bridge");
            throw new ProblemException(problem, e);
        }
    }

    private void require(List<String> arguments) {
        Path path = program().orElseThrow(OpenVswitch::missing);
        run(path, arguments).require(arguments);
    }

    private static ProblemException missing() {
        return Problem.of(ProblemType.IMPOSSIBLE, PROGRAM + " is not installed, which bridges of Open vSwitch need")
                .withCall("exec", PROGRAM)
                .withCause("Debian: apt install openvswitch-switch")
                .toException();
    }

    private Optional<Path> program() {
        return directories.stream()
                .map(directory -> directory.resolve(PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Result run(Path program, List<String> arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder();
            builder.command().add(program.toString());
            builder.command().addAll(arguments);
            Process process = builder.redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            Problem problem = Problem.of(ProblemType.HYPERVISOR, program + " cannot be run: " + e.getMessage())
                    .withCall("exec", program.toString());
            throw new ProblemException(problem, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Problem problem = Problem.of(ProblemType.UNAVAILABLE, program + " was interrupted");
            throw new ProblemException(problem, e);
        }
    }

    /** @param output what it wrote to both its streams */
    private record Result(int status, String output) {
        void require(List<String> arguments) {
            if (status != 0) {
                throw Problem.of(ProblemType.HYPERVISOR, PROGRAM + " failed with status " + status + ": " + said())
                        .withCall(PROGRAM, String.join(" ", arguments))
                        .toException();
            }
        }

        boolean hasNoDatabase() {
            return status != 0 && output.contains("database connection failed");
        }

        /** Word by word, as what matters is often at the end of a line. */
        private String said() {
            return Arrays.stream(output.strip().split("\\s+"))
                    .limit(MAX_WORDS)
                    .map(Problem::printable)
                    .collect(Collectors.joining(" "));
        }
    }
}

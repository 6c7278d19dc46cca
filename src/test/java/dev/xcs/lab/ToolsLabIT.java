package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Several of the small tools at once on a Linux guest of real Xen: two that look on, one that does things to the guest. */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class ToolsLabIT {
    private static final Duration BOOT = Duration.ofSeconds(180);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern MEMORY = Pattern.compile("MemTotal: +(\\d+) kB");

    private static final int FULL_MIB = 192;
    private static final int LESS_MIB = 160;
    /** What a guest may round or keep back of what it is asked to give. */
    private static final int SLACK_KIB = 2048;

    @TempDir
    Path dir;

    private final List<Process> onlookers = new ArrayList<>();
    private ApiClient api;
    private String uuid = "";

    @BeforeEach
    void connect() throws IOException {
        api = Lab.api();
    }

    @AfterEach
    void leavesNothing() {
        onlookers.forEach(Process::destroy);
        if (!uuid.isEmpty()) {
            api.delete("/v1/domains/" + uuid);
        }
    }

    private Path lookOn(String verb, long since) throws IOException {
        Path output = dir.resolve(verb);
        onlookers.add(Lab.follow(output, "--json", verb, "--follow", "--since", Long.toString(since)));
        return output;
    }

    /** The whole lines that a tool has printed. */
    private static List<JsonNode> seen(Path output) throws IOException {
        String text = Files.readString(output);
        List<JsonNode> messages = new ArrayList<>();
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            messages.add(JSON.readTree(line));
        }
        return messages;
    }

    private static long sequence(JsonNode message) {
        return message.path("sequence").asLong();
    }

    private long newest() {
        return api.lines("/v1/events?since=0").stream()
                .mapToLong(ToolsLabIT::sequence)
                .max()
                .orElse(0);
    }

    private int domid() {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt(-1);
    }

    private static Map<String, Object> guest() {
        Map<String, Object> spec = new HashMap<>(Lab.linux("tools"));
        spec.put("memoryMib", FULL_MIB);
        return spec;
    }

    /** What the guest itself says that it has. */
    private static long memoryKib(ConsoleViewer console) throws Exception {
        int before = console.shown().length();
        List<Long> found = new ArrayList<>();
        long[] typeAt = {System.nanoTime()};
        Await.until("the guest tells its memory", SOON, () -> {
            // A shell that has just come up drops what was typed before it looked.
            if (System.nanoTime() >= typeAt[0]) {
                console.type("grep MemTotal /proc/meminfo\n");
                typeAt[0] += Duration.ofSeconds(10).toNanos();
            }
            found.clear();
            MEMORY.matcher(console.shown().substring(before))
                    .results()
                    .map((MatchResult match) -> Long.parseLong(match.group(1)))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static Predicate<JsonNode> is(String subtype) {
        return message -> message.path("subtype").asText().equals(subtype);
    }

    private static Predicate<JsonNode> target(int mib) {
        return is("MEM_REQUEST.SET")
                .and(message -> message.path("payload").path("targetKib").asLong() == mib * 1024L);
    }

    private static Predicate<JsonNode> firstByteAfter(int domid) {
        return is("CONSOLE.MILESTONE")
                .and(message -> message.path("payload").path("name").asText().equals("first-byte"))
                .and(message -> message.path("domid").asInt() > domid);
    }

    /** The sequence numbers of the first that is wanted, of the first after it that is wanted next, and so on. */
    private static List<Long> inOrder(List<JsonNode> messages, List<Predicate<JsonNode>> wanted) {
        List<Long> found = new ArrayList<>();
        for (JsonNode message : messages) {
            if (found.size() < wanted.size() && wanted.get(found.size()).test(message)) {
                found.add(sequence(message));
            }
        }
        return found;
    }

    @Test
    void threeToolsSeeWhatReallyHappensInOrder() throws Exception {
        long since = newest();
        List<Path> outputs = List.of(lookOn("events", since), lookOn("dump", since));
        uuid = api.create(guest());
        int domid = domid();
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            long all = memoryKib(console);

            Lab.xcs("mem-set", "tools", LESS_MIB + "m").expectOk();
            Await.until(
                    "the guest has given memory back",
                    SOON,
                    () -> memoryKib(console) <= all - (FULL_MIB - LESS_MIB) * 1024L + SLACK_KIB);
            Lab.xcs("mem-set", "tools", FULL_MIB + "m").expectOk();
            Await.until("the guest has it again", SOON, () -> memoryKib(console) >= all - SLACK_KIB);

            Lab.xcs("sysrq", "tools", "h").expectOk();
            console.awaitText("sysrq: HELP", SOON);

            Lab.xcs("reboot", "--wait", "tools").expectOk();
            Await.until("the second boot", BOOT, () -> console.shown().split("GUEST-UP", -1).length > 2);
        }
        assertThat(domid()).isGreaterThan(domid);

        List<Predicate<JsonNode>> happened = List.of(
                is("DOMAIN.APPEARED"),
                firstByteAfter(domid - 1),
                target(LESS_MIB),
                target(FULL_MIB),
                is("SHUTDOWN.SYSRQ")
                        .and(m -> m.path("payload").path("key").asText().equals("h")),
                is("SHUTDOWN.REBOOT"),
                is("SHUTDOWN.ACKNOWLEDGED"),
                is("DOMAIN.CHANGED")
                        .and(m -> m.path("payload").path("reason").asText().equals("reboot")),
                firstByteAfter(domid));
        for (Path output : outputs) {
            Await.until(
                    output.getFileName() + " has seen it all",
                    SOON,
                    () -> inOrder(ofGuest(output), happened).size() == happened.size());
        }
        List<Long> events = inOrder(ofGuest(outputs.get(0)), happened);
        assertThat(inOrder(ofGuest(outputs.get(1)), happened)).isEqualTo(events);
        assertNothingIsMissing(seen(outputs.get(0)), since);
        assertNothingIsMissing(seen(outputs.get(1)), since);
    }

    private List<JsonNode> ofGuest(Path output) throws IOException {
        return seen(output).stream()
                .filter(message -> message.path("domain").asText().equals(uuid))
                .toList();
    }

    private static void assertNothingIsMissing(List<JsonNode> messages, long since) {
        assertThat(messages)
                .extracting(ToolsLabIT::sequence)
                .containsExactlyElementsOf(LongStream.rangeClosed(since + 1, since + messages.size())
                        .boxed()
                        .toList());
    }
}

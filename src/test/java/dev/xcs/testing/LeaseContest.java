package dev.xcs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Many who type at once while the lease is stolen at random. Each types words that say who typed them and which they are; the switch
 * tells each which of its words it refused; all others are to be in the guest's input, once and in order, between the right steals.
 */
public final class LeaseContest implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofMinutes(2);
    /** {@code 07.00042;}: the ninth byte ends the word. */
    private static final int WORD = 9;

    private static final int WORDS_PER_STEAL = 10;

    private final List<ConsoleViewer> viewers = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final Duration stealEvery;
    /** Fair, so that all of them type; as many for each steal, so that a slow host has no more to answer than a fast one. */
    private final Semaphore words = new Semaphore(0, true);

    private final AtomicBoolean going = new AtomicBoolean(true);
    private final ExecutorService typists;
    private final List<CompletableFuture<Void>> typing = new ArrayList<>();
    /** How many words of each, under its own lock: one viewer's is held while it is sent to. */
    private final int[] typed;

    private final List<Object> locks = new ArrayList<>();

    public LeaseContest(ApiClient api, String uuid, int count) throws Exception {
        this(api, uuid, count, Duration.ofMillis(3));
    }

    /** @param stealEvery how long on average a thief that knows that it has the lease is left with it */
    public LeaseContest(ApiClient api, String uuid, int count, Duration stealEvery) throws Exception {
        this.stealEvery = stealEvery;
        typists = Executors.newFixedThreadPool(count);
        typed = new int[count];
        for (int i = 0; i < count; i++) {
            ConsoleViewer viewer = api.viewer(uuid, "?last=0&viewer=typist%20" + i);
            viewers.add(viewer);
            locks.add(new Object());
            ids.add(viewer.id());
        }
    }

    /** Everybody types, the lease is stolen so often; returns when all of it is answered. */
    public void run(int steals, Random random) throws Exception {
        for (int i = 0; i < viewers.size(); i++) {
            int number = i;
            typing.add(CompletableFuture.runAsync(() -> typeOn(number), typists));
        }
        int thief = -1;
        for (int i = 0; i < steals; i++) {
            thief = (thief + 1 + random.nextInt(viewers.size() - 1)) % viewers.size();
            // Most know that they hold it and type at once, some are stolen from before they hear of it.
            steal(thief, random.nextInt(4) > 0);
            words.release(WORDS_PER_STEAL);
            LockSupport.parkNanos(random.nextInt(2 * (int) stealEvery.toNanos()));
        }
        stopTyping();
        for (CompletableFuture<Void> one : typing) {
            one.get();
        }
        for (ConsoleViewer viewer : viewers) {
            // Answered in turn, so all before it is answered too.
            viewer.sendText("{\"type\":\"the end\"}");
            viewer.awaitControl("the end", SOON);
        }
    }

    private void steal(int number, boolean wait) throws Exception {
        ConsoleViewer viewer = viewers.get(number);
        int before = viewer.controlCount();
        viewer.sendText("{\"type\":\"steal-lease\"}");
        if (wait) {
            String mine = "\"type\":\"lease\",\"holder\":\"" + ids.get(number) + "\"";
            Await.until(
                    "typist " + number + " has the lease",
                    SOON,
                    () -> viewer.controlsAfter(before).stream().anyMatch(frame -> frame.contains(mine)));
            typeWord(number);
        }
    }

    private void typeOn(int number) {
        words.acquireUninterruptibly();
        while (going.get()) {
            typeWord(number);
            words.acquireUninterruptibly();
        }
    }

    private void stopTyping() {
        going.set(false);
        words.release(viewers.size());
    }

    /** Numbered as they are sent. */
    private void typeWord(int number) {
        ConsoleViewer viewer = viewers.get(number);
        synchronized (locks.get(number)) {
            viewer.type(word(number, typed[number]));
            typed[number]++;
        }
    }

    private static String word(int viewer, int count) {
        return String.format("%02d.%05d;", viewer, count);
    }

    /** What the guest is to have got of one viewer. */
    private List<String> accepted(int number) throws Exception {
        Set<Long> refused = new HashSet<>();
        for (String control : viewers.get(number).controls()) {
            JsonNode frame = JSON.readTree(control);
            if (frame.path("type").asText().equals("refused")) {
                refused.add(frame.path("offset").asLong());
            }
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < typed[number]; i++) {
            if (!refused.contains((long) i * WORD)) {
                words.add(word(number, i));
            }
        }
        return words;
    }

    /** How many words the guest is to have got. */
    public int words() throws Exception {
        int all = 0;
        for (int i = 0; i < viewers.size(); i++) {
            all += accepted(i).size();
        }
        return all;
    }

    /** Holds the guest's input, without what it does not count as its own, against what was typed. */
    public void check(String input) throws Exception {
        List<String> words = List.of(input.split("(?<=;)"));
        for (int i = 0; i < viewers.size(); i++) {
            String prefix = String.format("%02d.", i);
            assertThat(words.stream().filter(word -> word.startsWith(prefix)).toList())
                    .as("the words of typist %s", i)
                    .isEqualTo(accepted(i));
        }
        assertThat(words).as("nothing else").hasSize(words());
        assertInTurns(words);
    }

    /** Who wrote changes only when the lease did. */
    private void assertInTurns(List<String> words) throws IOException {
        List<Integer> holders = holders();
        int turn = 0;
        for (String word : words) {
            int writer = Integer.parseInt(word.substring(0, 2));
            int before = turn;
            while (turn < holders.size() && holders.get(turn) != writer) {
                turn++;
            }
            assertThat(turn)
                    .as("%s was written in a turn of its typist, after turn %s", word, before)
                    .isLessThan(holders.size());
        }
    }

    /** In the order in which they had the lease, as the first viewer was told. */
    public List<Integer> holders() throws IOException {
        List<Integer> holders = new ArrayList<>();
        for (String control : viewers.get(0).controls()) {
            JsonNode frame = JSON.readTree(control);
            if (frame.path("type").asText().equals("lease")) {
                holders.add(ids.indexOf(frame.path("holder").asText()));
            }
        }
        return holders;
    }

    @Override
    public void close() {
        stopTyping();
        typists.shutdownNow();
        viewers.forEach(ConsoleViewer::close);
    }
}

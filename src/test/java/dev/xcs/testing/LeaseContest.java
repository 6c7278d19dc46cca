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

    private final List<ConsoleViewer> viewers = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final Duration wordEvery;
    private final Duration stealEvery;
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final ExecutorService typists;
    private final List<CompletableFuture<Integer>> typing = new ArrayList<>();

    public LeaseContest(ApiClient api, String uuid, int count) throws Exception {
        this(api, uuid, count, Duration.ofMillis(10), Duration.ofMillis(3));
    }

    /**
     * At a pace that an emulated host keeps up with: what it has not answered in time fails the contest.
     *
     * @param wordEvery of each typist
     * @param stealEvery on average
     */
    public LeaseContest(ApiClient api, String uuid, int count, Duration wordEvery, Duration stealEvery)
            throws Exception {
        this.wordEvery = wordEvery;
        this.stealEvery = stealEvery;
        typists = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            ConsoleViewer viewer = api.viewer(uuid, "?last=0&viewer=typist%20" + i);
            viewers.add(viewer);
            ids.add(viewer.id());
        }
    }

    /** Everybody types, the lease is stolen so often; returns when all of it is answered. */
    public void run(int steals, Random random) throws Exception {
        for (int i = 0; i < viewers.size(); i++) {
            int number = i;
            typing.add(CompletableFuture.supplyAsync(() -> type(number), typists));
        }
        for (int i = 0; i < steals; i++) {
            viewers.get(random.nextInt(viewers.size())).sendText("{\"type\":\"steal-lease\"}");
            LockSupport.parkNanos(random.nextInt(2 * (int) stealEvery.toNanos()));
        }
        going.set(false);
        for (CompletableFuture<Integer> one : typing) {
            one.get();
        }
        for (ConsoleViewer viewer : viewers) {
            // Answered in turn, so all before it is answered too.
            viewer.sendText("{\"type\":\"the end\"}");
            viewer.awaitControl("the end", SOON);
        }
    }

    private int type(int number) {
        int words = 0;
        while (going.get()) {
            viewers.get(number).type(word(number, words));
            words++;
            LockSupport.parkNanos(wordEvery.toNanos());
        }
        return words;
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
        for (int i = 0; i < typing.get(number).get(); i++) {
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
        going.set(false);
        typists.shutdownNow();
        viewers.forEach(ConsoleViewer::close);
    }
}

package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.EventReader;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the whole daemon goes, seen by those who are connected. */
class StopTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private static Map<String, Object> guest(String name) {
        return Map.of("name", name, "memoryMib", 32, "vcpus", 1, "kernel", "sim:linux");
    }

    private static boolean knows(ApiClient api, String name) {
        return StreamSupport.stream(api.get("/v1/domains").body().spliterator(), false)
                .anyMatch(domain -> domain.path("name").asText().equals(name));
    }

    @Test
    void answersWhatIsUnderWayTurnsAwayWhatIsNewAndSendsViewersAway() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            String first = api.create(guest("first"));
            try (ConsoleViewer viewer = api.console(first);
                    EventReader reader = api.events("/v1/events");
                    Socket stuck = api.stuck("/v1/events")) {
                viewer.awaitControl("hello", SOON);
                reader.awaitRecord("filter");
                daemon.host().faults().arm(Fault.BUILD_SLOW, 1);
                CompletableFuture<ApiClient.Answer> created =
                        CompletableFuture.supplyAsync(() -> api.post("/v1/domains", guest("slow")));
                Await.until("it is being built", SOON, () -> knows(api, "slow"));

                CompletableFuture<List<String>> stopped = CompletableFuture.supplyAsync(daemon::stop);
                Await.until("the viewers are told", SOON, () -> viewer.closeCode() != 0 && reader.closeCode() != 0);
                ApiClient.Answer late = api.get("/v1/domains");

                assertThat(late.status()).isEqualTo(503);
                assertThat(late.header("Retry-After")).isEqualTo("1");
                assertThat(late.body().path("retryable").asBoolean()).isTrue();
                assertThat(created.get(SOON.toSeconds(), TimeUnit.SECONDS).status())
                        .isEqualTo(201);
                assertThat(viewer.closeCode()).isEqualTo(1001);
                assertThat(reader.closeCode()).isEqualTo(1001);
                assertThat(stopped.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEmpty();
                assertThat(stuck.isConnected()).isTrue();
            }
        }
    }
}

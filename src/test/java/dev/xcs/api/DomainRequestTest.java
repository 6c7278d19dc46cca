package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DomainRequestTest {
    private static final PvgrubConfig PVGRUB = new PvgrubConfig(Path.of("/grub/pv"), Path.of("/grub/pvh"));

    @Property(tries = 300)
    void anyBytesGiveADomainOrAProblem(@ForAll @Size(max = 200) byte[] bytes) {
        Throwable failure = catchThrowable(() -> DomainRequest.create(Buffer.buffer(bytes), PVGRUB));

        assertThat(failure).isInstanceOf(ProblemException.class);
    }

    @Property(tries = 300)
    void anyCmdlineIsKeptAsItIsOrRefused(@ForAll String cmdline) {
        Buffer body = new JsonObject()
                .put("name", "a")
                .put("memoryMib", 4)
                .put("vcpus", 1)
                .put("kernel", "/k")
                .put("cmdline", cmdline)
                .toBuffer();
        try {
            DomainSpec spec = DomainRequest.create(body, PVGRUB).create().spec();
            assertThat(spec.cmdline()).isEqualTo(cmdline).doesNotContain("\n", "\u0000");
        } catch (ProblemException refused) {
            assertThat(refused.problem().field()).isEqualTo("cmdline");
        }
    }

    @Property(tries = 200)
    void everyMemoryInTheRangeIsTaken(@ForAll @IntRange(min = 4, max = 1 << 24) int memoryMib) {
        Buffer body = new JsonObject()
                .put("name", "a")
                .put("memoryMib", memoryMib)
                .put("vcpus", 512)
                .put("kernel", "/k")
                .toBuffer();

        assertThat(DomainRequest.create(body, PVGRUB).create().spec().memoryMib())
                .isEqualTo(memoryMib);
    }
}

package dev.xcs.prometheus;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * Debian's Prometheus in a container, in an image of nothing but the server and its libraries: nothing is pulled. It is in the host's network,
 * because the daemon listens on loopback only.
 */
class PrometheusContainerIT extends PrometheusChecks {
    private static final String NOBODY = "65534:65534";

    private GenericContainer<?> container;

    /** Before the daemon is started for nothing. */
    @BeforeAll
    static void needsAnEngine() {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "no Docker engine answers, neither where DOCKER_HOST says nor at /var/run/docker.sock");
    }

    @Override
    protected void start(DebianPrometheus debian, String configuration, int port, Path directory) throws Exception {
        container = new GenericContainer<>(image(debian, configuration))
                .withNetworkMode("host")
                .withTmpFs(Map.of("/data", "rw,mode=1777"))
                .withCommand(
                        "/prometheus",
                        "--config.file=/prometheus.yml",
                        "--storage.tsdb.path=/data",
                        "--web.listen-address=127.0.0.1:" + port);
        container.start();
    }

    private static ImageFromDockerfile image(DebianPrometheus debian, String configuration) throws Exception {
        StringBuilder dockerfile = new StringBuilder("FROM scratch\n");
        ImageFromDockerfile image = new ImageFromDockerfile();
        int number = 0;
        for (Path library : debian.libraries()) {
            String name = "library" + number++;
            image.withFileFromPath(name, library.toRealPath());
            dockerfile.append("COPY ").append(name).append(' ').append(library).append('\n');
        }
        dockerfile
                .append("COPY prometheus prometheus.yml /\n")
                .append("USER ")
                .append(NOBODY)
                .append('\n');
        return image.withFileFromPath("prometheus", debian.prometheus().toRealPath())
                .withFileFromString("prometheus.yml", configuration)
                .withFileFromString("Dockerfile", dockerfile.toString());
    }

    @Override
    protected void stop() {
        if (container != null) {
            container.stop();
            DockerClientFactory.instance()
                    .client()
                    .removeImageCmd(container.getDockerImageName())
                    .withForce(true)
                    .exec();
        }
    }

    @Override
    protected String output() throws IOException {
        return container.getLogs();
    }
}

package dev.xcs.prometheus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's Prometheus as a process of this machine. */
class PrometheusIT extends PrometheusChecks {
    private Process server;
    private Path log;

    @Override
    protected void start(DebianPrometheus debian, String configuration, int port, Path directory) throws IOException {
        log = directory.resolve("prometheus.log");
        Path config = Files.writeString(directory.resolve("prometheus.yml"), configuration);
        server = new ProcessBuilder(
                        debian.prometheus().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    @Override
    protected void stop() throws InterruptedException {
        if (server != null) {
            server.destroy();
            if (!server.waitFor(20, TimeUnit.SECONDS)) {
                server.destroyForcibly().waitFor();
            }
        }
    }

    @Override
    protected String output() throws IOException {
        return Files.readString(log);
    }
}

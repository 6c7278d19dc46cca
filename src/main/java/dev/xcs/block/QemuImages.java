package dev.xcs.block;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskSpec;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images read by qemu-img and served by qemu-nbd, one server for each disk. */
final class QemuImages implements Images {
    private static final Logger LOG = LoggerFactory.getLogger(QemuImages.class);

    private final NativeDevices devices;
    private final ImageReader reader;
    private final NbdServers servers;
    /** One start at a time: a device is free until its server has connected. */
    private Future<?> starting = Future.succeededFuture();

    QemuImages(NativeDevices devices, ImageReader reader, NbdServers servers) {
        this.devices = devices;
        this.reader = reader;
        this.servers = servers;
    }

    @Override
    public Future<Facts> inspect(DiskSpec spec, Backing file, Consumer<Path> admit) {
        return reader.read(Path.of(file.path()), spec.format(), admit)
                .map(info -> new Facts(
                        info.virtualSizeBytes(),
                        info.files().stream().map(Path::toString).toList()));
    }

    @Override
    public Future<OpenBacking> serve(DiskSpec spec, Backing file, Facts facts) {
        boolean readOnly = spec.access() == DiskAccess.RO;
        boolean discard = spec.discard() == null ? !readOnly : spec.discard();
        NbdImage image = new NbdImage(Path.of(file.path()), spec.format(), readOnly, discard);
        Future<OpenBacking> served = starting.transform(any -> start(image, file));
        starting = served;
        return served;
    }

    private Future<OpenBacking> start(NbdImage image, Backing file) {
        return devices.freeNbd()
                .compose(device -> servers.start(image, device, () -> devices.nbd(device.number())))
                .compose(server -> devices.nbd(server.device())
                        .map(now -> new OpenBacking(
                                OpenBacking.Kind.NBD,
                                file,
                                server.path(),
                                server.device(),
                                now.orElseThrow().sizeBytes(),
                                file.extents(),
                                false)));
    }

    @Override
    public Future<Void> stop(OpenBacking backing) {
        boolean same = servers.of(backing.number())
                .filter(server ->
                        server.image().toString().equals(backing.source().path()))
                .isPresent();
        return same ? servers.stop(backing.number()) : Future.succeededFuture();
    }

    @Override
    public boolean serves(DeviceNumber device) {
        return servers.of(device).isPresent();
    }

    @Override
    public Future<Void> takeUp(Set<DeviceNumber> used) {
        return servers.takeUp().compose(found -> {
            List<Future<Void>> stopped = found.stream()
                    .filter(server -> !used.contains(server.device()))
                    .map(server -> {
                        LOG.info("{} serves {} for nobody any more; it is stopped", server.path(), server.image());
                        return servers.stop(server.device());
                    })
                    .toList();
            return Future.join(stopped).mapEmpty();
        });
    }

    @Override
    public void close() {
        servers.close();
    }
}

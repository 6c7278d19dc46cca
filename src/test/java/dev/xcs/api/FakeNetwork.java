package dev.xcs.api;

import dev.xcs.message.AttachVif;
import dev.xcs.message.ChangeVif;
import dev.xcs.message.CreateNetwork;
import dev.xcs.message.DeleteNetwork;
import dev.xcs.message.DetachVif;
import dev.xcs.message.Done;
import dev.xcs.message.FetchNetworks;
import dev.xcs.message.FetchVifs;
import dev.xcs.message.NetworkShown;
import dev.xcs.message.NetworksShown;
import dev.xcs.message.VifShown;
import dev.xcs.message.VifsShown;
import dev.xcs.model.DiskState;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.NetworkView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifStatistics;
import dev.xcs.model.VifView;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who answers for vifs and networks, as far as the API asks: one guest's vifs by index, and networks by name. */
final class FakeNetwork extends VerticleBase {
    static final MacAddress CHOSEN = MacAddress.parse("00:16:3e:0a:0b:0c");

    final Map<Integer, VifSpec> vifs = new ConcurrentSkipListMap<>();
    final Map<String, NetworkSpec> networks = new ConcurrentSkipListMap<>();
    final List<Object> asked = new CopyOnWriteArrayList<>();
    volatile @Nullable Problem refusal;

    void reset() {
        vifs.clear();
        networks.clear();
        asked.clear();
        refusal = null;
    }

    @Override
    public Future<?> start() {
        EventBus bus = vertx.eventBus();
        FetchVifs.ADDRESS.answer(
                bus,
                wanted -> Future.succeededFuture(new VifsShown(new TreeMap<>(vifs)
                        .entrySet().stream()
                                .map(vif -> view(vif.getKey(), vif.getValue()))
                                .toList())));
        AttachVif.ADDRESS.answer(bus, wanted -> taken(wanted).map(done -> put(vifs.size(), wanted.vif())));
        ChangeVif.ADDRESS.answer(
                bus,
                wanted -> taken(wanted)
                        .compose(done -> found(vifs.get(wanted.index())))
                        .map(vif -> put(wanted.index(), wanted.change().appliedTo(vif))));
        DetachVif.ADDRESS.answer(
                bus,
                wanted -> taken(wanted)
                        .compose(done -> found(vifs.remove(wanted.index())))
                        .map(gone -> new Done()));
        FetchNetworks.ADDRESS.answer(
                bus,
                wanted -> Future.succeededFuture(new NetworksShown(
                        networks.values().stream().map(FakeNetwork::view).toList())));
        CreateNetwork.ADDRESS.answer(
                bus,
                wanted -> taken(wanted).map(done -> {
                    networks.put(wanted.network().name(), wanted.network());
                    return new NetworkShown(view(wanted.network()));
                }));
        DeleteNetwork.ADDRESS.answer(
                bus,
                wanted -> taken(wanted)
                        .compose(done -> found(networks.remove(wanted.name())))
                        .map(gone -> new Done()));
        return Future.succeededFuture();
    }

    private Future<Void> taken(Object message) {
        Problem problem = refusal;
        if (problem != null) {
            return Future.failedFuture(problem.toException());
        }
        asked.add(message);
        return Future.succeededFuture();
    }

    private static <T> Future<T> found(@Nullable T thing) {
        return thing == null
                ? Future.failedFuture(Problem.of(ProblemType.NOT_FOUND, "There is no such thing")
                        .toException())
                : Future.succeededFuture(thing);
    }

    private VifShown put(int index, VifSpec vif) {
        vifs.put(index, vif);
        return new VifShown(view(index, vif));
    }

    private static VifView view(int index, VifSpec vif) {
        VifSpec known = vif.mac() == null ? vif.withMac(CHOSEN) : vif;
        return VifView.of(index, known, "vif3." + index, DiskState.CONNECTED, true, VifStatistics.NONE);
    }

    private static NetworkView view(NetworkSpec network) {
        Lease lease = new Lease(CHOSEN, IpAddress.parse("10.80.0.2"), network.dhcp() ? "web" : null);
        return NetworkView.of(
                network,
                NetworkView.Origin.API,
                network.bridgeName(),
                network.subnet() == null ? null : network.subnet().at(1),
                2,
                null,
                List.of(lease));
    }
}

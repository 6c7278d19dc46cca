package dev.xcs.network;

import dev.xcs.message.ShowVifs;
import dev.xcs.model.DiskState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifCount;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifStatistics;
import dev.xcs.model.VifView;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows vifs: what xenstore says of them, joined with what was asked for and with what was counted. */
final class VifViews {
    private final VifTable table;
    private final StoredVifs stored;
    private final NativeNetwork devices;

    VifViews(VifTable table, StoredVifs stored, NativeNetwork devices) {
        this.table = table;
        this.stored = stored;
        this.devices = devices;
    }

    Future<List<VifView>> show(ShowVifs ask) {
        if (ask.domid() < 0) {
            List<VifView> all = new ArrayList<>();
            for (VifSpec spec : ask.vifs()) {
                all.add(VifView.of(all.size(), spec, null, DiskState.DETACHED, true, null));
            }
            return Future.succeededFuture(all);
        }
        return stored.of(ask.domid()).compose(found -> views(table.find(ask.uuid()), found));
    }

    private Future<List<VifView>> views(@Nullable DomainVifs vifs, List<StoredVif> found) {
        List<Future<String>> names = found.stream().map(vif -> name(vifs, vif)).toList();
        return Future.all(names)
                .compose(any -> devices.statistics(
                                names.stream().map(Future::result).collect(Collectors.toSet()))
                        // That nobody counts is no failure of who wants to see the vif.
                        .otherwise(Map.of()))
                .map(counted -> {
                    List<VifView> views = new ArrayList<>();
                    for (StoredVif vif : found) {
                        views.add(view(vifs, vif, names.get(views.size()).result(), counted));
                    }
                    return views;
                });
    }

    private Future<String> name(@Nullable DomainVifs vifs, StoredVif found) {
        KeptVif kept = vifs == null ? null : vifs.find(found.index());
        String known = kept == null ? null : kept.interfaceName();
        if (known != null) {
            return Future.succeededFuture(known);
        }
        String asked = found.value("vifname");
        return asked.isEmpty() ? devices.vifName(found.domid(), found.index()) : Future.succeededFuture(asked);
    }

    private static VifView view(
            @Nullable DomainVifs vifs, StoredVif found, String name, Map<String, VifStatistics> counted) {
        KeptVif kept = vifs == null ? null : vifs.find(found.index());
        VifSpec spec = kept == null ? found.spec() : kept.placed();
        return VifView.of(
                found.index(), spec, name, DiskState.of(found.value("state")), kept != null, counted.get(name));
    }

    Future<VifView> show(DomainVifs vifs, KeptVif vif) {
        return stored.of(vifs.domid())
                .map(all ->
                        all.stream().filter(one -> one.index() == vif.index()).toList())
                .compose(found -> found.isEmpty()
                        ? Future.failedFuture(
                                Problem.of(ProblemType.CONFLICT, vifs.describe(vif) + " was taken away meanwhile")
                                        .toException())
                        : views(vifs, found).map(views -> views.get(0)));
    }

    /** Of every vif that was given away; without a look at xenstore, as it is asked every few seconds. */
    Future<List<VifCount>> count() {
        Map<String, VifCount> counts = new HashMap<>();
        table.all()
                .forEach(vifs -> vifs.all().forEach(vif -> {
                    String name = vif.interfaceName();
                    if (name != null) {
                        counts.put(name, new VifCount(vifs.uuid(), vif.index(), VifStatistics.NONE));
                    }
                }));
        return devices.statistics(Set.copyOf(counts.keySet()))
                .map(read -> read.entrySet().stream()
                        .flatMap(one -> Optional.ofNullable(counts.get(one.getKey()))
                                .map(count -> new VifCount(count.uuid(), count.index(), one.getValue()))
                                .stream())
                        .toList());
    }
}

package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** Reads the vifs that xenstore has, all requests of one look at once. */
final class StoredVifs {
    private static final String BACKENDS = DevicePaths.backends(KeptVif.KIND);

    private final Xenstore store;

    StoredVifs(Xenstore store) {
        this.store = store;
    }

    /** Those of a domain, by ascending index. */
    Future<List<StoredVif>> of(int domid) {
        return store.list(BACKENDS + "/" + domid)
                .compose(indexes -> flat(indexes.stream()
                        .filter(text -> text.matches("\\d{1,5}"))
                        .map(Integer::parseInt)
                        .sorted()
                        .map(index -> read(domid, index).map(List::of))));
    }

    /** Those of every domain that is wanted; the others are not even read. */
    Future<List<StoredVif>> ofAll(IntPredicate wanted) {
        return store.list(BACKENDS)
                .compose(domids -> flat(domids.stream()
                        .filter(text -> text.matches("\\d{1,5}"))
                        .map(Integer::parseInt)
                        .filter(wanted::test)
                        .map(this::of)));
    }

    private Future<StoredVif> read(int domid, int index) {
        String backend = new DevicePaths(KeptVif.KIND, domid, index).backend();
        List<Future<Optional<String>>> reads = Stream.of(StoredVif.KEYS)
                .map(key -> store.read(backend + "/" + key))
                .toList();
        return Future.all(reads).map(all -> {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < StoredVif.KEYS.length; i++) {
                String key = StoredVif.KEYS[i];
                reads.get(i).result().ifPresent(value -> values.put(key, value));
            }
            return new StoredVif(domid, index, values);
        });
    }

    private static <T> Future<List<T>> flat(Stream<Future<List<T>>> parts) {
        List<Future<List<T>>> all = parts.toList();
        return Future.all(all)
                .map(done ->
                        all.stream().flatMap(part -> part.result().stream()).toList());
    }
}

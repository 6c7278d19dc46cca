package dev.xcs.block;

import dev.xcs.platform.Dom0;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the disks that xenstore has, all requests of one look at once. */
final class StoredDisks {
    private static final String NUMBER = "\\d{1,9}";

    private final Xenstore store;
    private final Dom0 dom0;

    StoredDisks(Xenstore store, Dom0 dom0) {
        this.store = store;
        this.dom0 = dom0;
    }

    /** Those of a domain. */
    Future<List<StoredDisk>> of(int domid) {
        return flat(Stream.of(VbdPaths.BACKENDS, VbdPaths.QEMU_BACKENDS)
                .map(root -> below(root, domid, (any, number) -> true)));
    }

    /** Tells a disk by its domain and its number. */
    @FunctionalInterface
    interface Wanted {
        boolean test(int domid, int number);
    }

    /** Those that are wanted, of every domain; the others are not even read. */
    Future<List<StoredDisk>> ofAll(Wanted wanted) {
        return flat(Stream.of(VbdPaths.BACKENDS, VbdPaths.QEMU_BACKENDS)
                .map(root -> store.list(root)
                        .compose(domids -> flat(domids.stream()
                                .filter(text -> text.matches("\\d{1,5}"))
                                .map(Integer::parseInt)
                                .map(domid -> below(root, domid, wanted))))));
    }

    private Future<List<StoredDisk>> below(String root, int domid, Wanted wanted) {
        String directory = root + "/" + domid;
        return store.list(directory)
                .compose(numbers -> flat(numbers.stream()
                        .filter(text -> text.matches(NUMBER))
                        .filter(text -> wanted.test(domid, Integer.parseInt(text)))
                        .map(number -> read(directory + "/" + number, domid, Integer.parseInt(number))
                                .map(List::of))));
    }

    private Future<StoredDisk> read(String backend, int domid, int number) {
        List<Future<Optional<String>>> reads = Stream.of(StoredDisk.KEYS)
                .map(key -> store.read(backend + "/" + key))
                .toList();
        return Future.all(reads).map(all -> {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < StoredDisk.KEYS.length; i++) {
                String key = StoredDisk.KEYS[i];
                reads.get(i).result().ifPresent(value -> values.put(key, value));
            }
            return new StoredDisk(dom0, domid, number, backend, values);
        });
    }

    private static <T> Future<List<T>> flat(Stream<Future<List<T>>> parts) {
        List<Future<List<T>>> all = parts.toList();
        return Future.all(all)
                .map(done ->
                        all.stream().flatMap(part -> part.result().stream()).toList());
    }
}

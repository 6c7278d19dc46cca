package dev.xcs.hypervisor.xen;

import dev.xcs.model.BuildRequest;
import dev.xcs.model.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** What is loaded beside a kernel, in memory until it is closed. */
record Modules(List<NativeBytes> loaded) implements AutoCloseable {
    static Modules none() {
        return new Modules(List.of());
    }

    static Modules load(KernelLoader loader, BuildRequest request) {
        Modules modules = new Modules(new ArrayList<>());
        try {
            for (List<String> files : request.modules()) {
                modules.loaded.add(loader.module(files, request.memoryMib()));
            }
            return modules;
        } catch (ProblemException e) {
            modules.close();
            throw e;
        }
    }

    @Override
    public void close() {
        loaded.forEach(NativeBytes::close);
    }
}

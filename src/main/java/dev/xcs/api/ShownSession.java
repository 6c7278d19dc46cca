package dev.xcs.api;

import dev.xcs.model.SessionView;
import java.util.List;

/** A session as the contract describes it. */
record ShownSession(
        String id,
        String name,
        long graceSeconds,
        long acknowledged,
        boolean attached,
        List<ShownBinding> bindings,
        List<ShownBinding> locks) {
    static ShownSession of(SessionView view) {
        return new ShownSession(
                view.id(),
                view.name(),
                view.graceSeconds(),
                view.acknowledged(),
                view.attached(),
                view.bindings().stream().map(ShownBinding::of).toList(),
                view.locks().stream().map(ShownBinding::of).toList());
    }
}

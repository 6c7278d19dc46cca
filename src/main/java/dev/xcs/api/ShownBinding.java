package dev.xcs.api;

import dev.xcs.model.Binding;

/** A binding in JSON, where {@code *} stands for every domain or type. */
record ShownBinding(String domain, String type) {
    static final String ANY = "*";

    static ShownBinding of(Binding binding) {
        return new ShownBinding(
                binding.domain() == null ? ANY : binding.domain().toString(),
                binding.type() == null ? ANY : binding.type().name());
    }
}

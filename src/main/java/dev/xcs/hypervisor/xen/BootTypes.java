package dev.xcs.hypervisor.xen;

import dev.xcs.image.XenNotes;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.stream.Collectors;

/** Says why a kernel cannot be booted as what was asked for. */
final class BootTypes {
    private BootTypes() {}

    static ProblemException refusal(String kernel, DomainType type, XenNotes notes) {
        if (notes.bootable().isEmpty()) {
            return Problem.of(
                            ProblemType.BAD_IMAGE,
                            "kernel: " + Problem.quote(kernel)
                                    + " is an ELF, but not a kernel for Xen: it has neither Xen notes nor __xen_guest")
                    .withField("kernel")
                    .withStep("image")
                    .toException();
        }
        String can = notes.bootable().stream().sorted().map(DomainType::json).collect(Collectors.joining(" or "));
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "type: " + Problem.quote(type.json()) + ", but " + kernel + " can be started as " + can
                                + " only")
                .withField("type")
                .withStep("image")
                .toException();
    }
}

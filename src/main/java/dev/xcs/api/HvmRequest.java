package dev.xcs.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.model.DomainType;
import dev.xcs.model.EmulatedCard;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.VgaCard;
import dev.xcs.model.VifSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a creation body says of an HVM domain, and of no other. */
final class HvmRequest {
    private static final List<String> NOT_BESIDE =
            List.of("kernel", "ramdisk", "ramdisks", "cmdline", Bootloader.FIELD);
    private static final List<String> ONLY_HERE = List.of("firmware", "vga");

    private HvmRequest() {}

    /** Null for a domain that is none. */
    static @Nullable HvmSpec read(RequestFields fields, DomainType type) {
        if (type != DomainType.HVM) {
            refuse(fields, ONLY_HERE, "nothing: only an HVM domain has one");
            return null;
        }
        refuse(fields, NOT_BESIDE, "nothing: an HVM domain starts with its firmware");
        FirmwareKind firmware = fields.choice("firmware", FirmwareKind.values(), FirmwareKind::json);
        VgaCard vga = fields.choice("vga", VgaCard.values(), VgaCard::json);
        return HvmSpec.of(firmware, vga);
    }

    private static void refuse(RequestFields fields, List<String> names, String expected) {
        for (String field : names) {
            JsonNode given = fields.node(field);
            if (given != null) {
                fields.refuse(field, given, expected);
            }
        }
    }

    /** Whoever is no PC keeps any model, as xl does. */
    static void checkCards(RequestFields fields, List<VifSpec> vifs) {
        for (int index = 0; index < vifs.size(); index++) {
            VifSpec vif = vifs.get(index);
            if (EmulatedCard.isOf(index, vif) && !EmulatedCard.MODELS.contains(EmulatedCard.model(vif))) {
                fields.refuse(
                        Problem.invalidField("vifs[" + index + "].model", vif.model(), EmulatedCard.MODEL_EXPECTED));
            }
        }
    }
}

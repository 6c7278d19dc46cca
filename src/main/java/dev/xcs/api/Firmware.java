package dev.xcs.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.config.DaemonConfig.HvmConfig;
import java.util.List;
import java.util.Optional;

/** What an HVM domain starts with: hvmloader, and the firmware that it hands over to. */
final class Firmware {
    private static final String UEFI = "uefi";
    private static final List<String> KINDS = List.of("bios", UEFI);

    private static final List<String> NOT_BESIDE =
            List.of("kernel", "ramdisk", "ramdisks", "cmdline", Bootloader.FIELD);

    private Firmware() {}

    static Bootloader read(RequestFields fields, HvmConfig hvm) {
        for (String field : NOT_BESIDE) {
            JsonNode given = fields.node(field);
            if (given != null) {
                fields.refuse(field, given, "nothing: an HVM domain starts with its firmware");
            }
        }
        String kind = fields.text("firmware", KINDS::contains, DomainRequest.oneOf(KINDS));
        String file = (UEFI.equals(kind) ? hvm.uefi() : hvm.bios()).toString();
        return new Bootloader(hvm.hvmloader().toString(), Optional.of(file), "domain.hvmloader");
    }
}

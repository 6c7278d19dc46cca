package dev.xcs.devicemodel;

import dev.xcs.model.DomainSpec;
import dev.xcs.model.EmulatedCard;
import dev.xcs.model.MacAddress;
import dev.xcs.model.VifSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A network card of a PC: what the guest sees of a vif before it has Xen's own drivers. QEMU makes its interface in dom0 while it is root still; the
 * network backend connects that.
 *
 * @param index the vif's
 */
record PcCard(int index, String model, MacAddress mac) {

    /** Those of the domain's vifs; their addresses have to be decided. */
    static List<PcCard> of(DomainSpec spec) {
        List<PcCard> cards = new ArrayList<>();
        for (int index = 0; index < spec.vifs().size(); index++) {
            VifSpec vif = spec.vifs().get(index);
            if (EmulatedCard.isOf(index, vif)) {
                cards.add(new PcCard(index, EmulatedCard.model(vif), Objects.requireNonNull(vif.mac())));
            }
        }
        return cards;
    }

    /** What QEMU calls dom0's end of it. */
    static String id(int index) {
        return "net" + index;
    }

    /** As QEMU's options have it. Only the first has a ROM to boot from: they are populated from what Xen lets a guest have beyond its memory. */
    List<String> options(int domid) {
        return List.of(
                "-netdev",
                "tap,id=" + id(index) + ",ifname=" + EmulatedCard.interfaceName(domid, index)
                        + ",script=no,downscript=no",
                "-device",
                model + ",netdev=" + id(index) + ",mac=" + mac + (index == 0 ? "" : ",romfile="));
    }
}

package dev.xcs.api;

import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.message.CreateDomain;
import dev.xcs.model.DesiredState;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.Problem;
import dev.xcs.model.VifSpec;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Request bodies about domains, checked field by field; the contract says the same in its schemas. */
final class DomainRequest {
    private static final Pattern UUID_SHAPE = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");
    private static final Pattern SIM_KERNEL = Pattern.compile("sim:[a-z][a-z0-9-]{0,63}");
    private static final List<String> BUILDABLE =
            List.of(DomainType.PV.json(), DomainType.PVH.json(), DomainType.HVM.json());
    private static final UUID DOM0 = new UUID(0, 0);

    /** Below it no kernel boots; Xen itself takes less. */
    private static final int MIN_MEMORY_MIB = 4;
    /** 16 TiB: what Xen on x86 can address; whether this host has it is for the host to say. */
    private static final int MAX_MEMORY_MIB = 1 << 24;

    private static final int MAX_VCPUS = 512;
    private static final int MAX_RAMDISKS = 8;
    private static final int MAX_PATH_CHARS = 1024;
    /** MAX_GUEST_CMDLINE of Xen's public headers is 1024, its final NUL included. */
    private static final int MAX_CMDLINE_BYTES = 1023;

    private static final String NAME_EXPECTED = "1 to 64 of A-Z a-z 0-9 . _ + -, the first a letter or a digit";
    private static final String UUID_EXPECTED =
            "a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx in hexadecimal digits, not all zero";
    private static final String PATH_EXPECTED =
            "an absolute path of at most " + MAX_PATH_CHARS + " characters without control characters";
    private static final String CMDLINE_EXPECTED =
            "at most " + MAX_CMDLINE_BYTES + " bytes of UTF-8 without control characters";

    private DomainRequest() {}

    /** The domain that a creation body asks for; a uuid is chosen if none is given. */
    static NewDomain create(Buffer body, PvgrubConfig pvgrub) {
        RequestFields fields = RequestFields.of(body);
        DomainType asked = type(fields);
        DomainType type = asked == null ? DomainType.PV : asked;
        HvmSpec hvm = HvmRequest.read(fields, type);
        Optional<Bootloader> bootloader = hvm == null ? Bootloader.read(fields, type, pvgrub) : Optional.empty();
        List<VifSpec> vifs = VifRequest.vifs(fields);
        if (hvm != null) {
            HvmRequest.checkCards(fields, vifs);
        }
        DomainSpec spec = new DomainSpec(
                uuid(fields),
                fields.requiredText("name", NAME.asMatchPredicate(), NAME_EXPECTED),
                type,
                fields.requiredInt("memoryMib", MIN_MEMORY_MIB, MAX_MEMORY_MIB, " of MiB"),
                fields.requiredInt("vcpus", 1, MAX_VCPUS, ""),
                hvm == null ? bootloader.map(Bootloader::image).orElseGet(() -> kernel(fields)) : HvmSpec.LOADER,
                hvm == null ? ramdisks(fields) : List.of(),
                hvm == null ? fields.text("cmdline", DomainRequest::isCmdline, CMDLINE_EXPECTED) : null,
                fields.flag("paused"),
                onEnd(fields, "onPoweroff", OnEnd.DESTROY),
                onEnd(fields, "onReboot", OnEnd.RESTART),
                onEnd(fields, "onCrash", OnEnd.DESTROY),
                guestOs(fields),
                DiskRequest.disks(fields),
                vifs,
                hvm);
        fields.finish();
        // Which of GRUB's images it is has been decided with the type.
        boolean open = asked == null && bootloader.isEmpty();
        return new NewDomain(new CreateDomain(spec, open), bootloader);
    }

    private static String kernel(RequestFields fields) {
        return fields.requiredText(
                "kernel",
                isPath().or(SIM_KERNEL.asMatchPredicate()),
                PATH_EXPECTED + "; on the simulated host also sim:linux or sim:netbsd");
    }

    private static List<String> ramdisks(RequestFields fields) {
        String one = fields.text("ramdisk", isPath(), PATH_EXPECTED);
        List<String> several = fields.values("ramdisks", MAX_RAMDISKS, DomainRequest::path, PATH_EXPECTED);
        if (fields.has("ramdisk") && fields.has("ramdisks")) {
            fields.refuse(
                    Problem.invalidField("ramdisk", one, "nothing beside ramdisks: a domain has one or the other"));
        }
        return one == null ? several : List.of(one);
    }

    private static String path(String text) {
        if (!isPath().test(text)) {
            throw Problem.invalidField("path", text, PATH_EXPECTED).toException();
        }
        return text;
    }

    /** The state that a body asks for. */
    static DesiredState state(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        List<String> names =
                Arrays.stream(DesiredState.values()).map(DesiredState::json).toList();
        String state = fields.requiredText("state", names::contains, oneOf(names));
        fields.finish();
        return DesiredState.ofJson(state);
    }

    /** A UUID as RFC 4122 writes it, or null. */
    static @Nullable UUID uuid(String text) {
        return UUID_SHAPE.matcher(text).matches() ? UUID.fromString(text) : null;
    }

    private static UUID uuid(RequestFields fields) {
        String text = fields.text("uuid", candidate -> isFree(uuid(candidate)), UUID_EXPECTED);
        return text == null ? UUID.randomUUID() : UUID.fromString(text);
    }

    private static boolean isFree(@Nullable UUID uuid) {
        return uuid != null && !uuid.equals(DOM0);
    }

    /** Null when it is left open. */
    private static @Nullable DomainType type(RequestFields fields) {
        String text = fields.text("type", BUILDABLE::contains, oneOf(BUILDABLE));
        return text == null ? null : DomainType.ofJson(text);
    }

    private static GuestOs guestOs(RequestFields fields) {
        List<String> names = Arrays.stream(GuestOs.values()).map(GuestOs::json).toList();
        String text = fields.text("guestOs", names::contains, oneOf(names));
        return text == null ? GuestOs.UNKNOWN : GuestOs.of(text);
    }

    private static OnEnd onEnd(RequestFields fields, String field, OnEnd fallback) {
        List<String> names = Arrays.stream(OnEnd.values()).map(OnEnd::json).toList();
        String text = fields.text(field, names::contains, oneOf(names));
        return text == null ? fallback : OnEnd.ofJson(text);
    }

    static String oneOf(List<String> names) {
        return "one of " + String.join(", ", names);
    }

    private static Predicate<String> isPath() {
        return text -> text.startsWith("/") && text.length() <= MAX_PATH_CHARS && isPlain(text);
    }

    private static boolean isCmdline(String text) {
        return isPlain(text) && text.getBytes(StandardCharsets.UTF_8).length <= MAX_CMDLINE_BYTES;
    }

    /** No control characters, and expressible in UTF-8: no half of a surrogate pair. */
    private static boolean isPlain(String text) {
        CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
        return text.chars().noneMatch(Character::isISOControl) && utf8.canEncode(text);
    }
}

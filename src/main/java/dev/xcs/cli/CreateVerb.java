package dev.xcs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.VifSpec;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = {
            "Creates a domain and starts it; returns when it runs, or stands paused if that was asked.",
            "",
            "What is described by options, by a file as the API takes it, or both: options win. Needed are the name, "
                    + "the memory, the number of virtual cpus and the kernel. Paths are those of dom0."
        },
        footer = {
            "  xcs create web --kernel /boot/vmlinuz --ramdisk /boot/initrd.img --memory 1g --vcpus 2",
            "  xcs create db --kernel /boot/vmlinuz --memory 2g --vcpus 2 --disk phy:/dev/vg/db,xvda,w",
            "  xcs create www --kernel /boot/vmlinuz --memory 1g --vcpus 1 --vif bridge=xenbr0 --vif network=inside",
            "  xcs create demo --kernel sim:linux --memory 256 --vcpus 1 --paused",
            "  xcs create --json-file web.json --memory 2g",
            "  generate | xcs create -f -"
        })
final class CreateVerb extends Verb {
    private static final int MAX_FILE_BYTES = 1 << 20;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The name; unique on the host.")
    private @Nullable String name;

    @Option(
            names = {"-f", "--json-file"},
            paramLabel = "FILE",
            description = "A JSON object as POST /v1/domains takes it; - is standard input.")
    private @Nullable String file;

    @Option(names = "--uuid", paramLabel = "UUID", description = "The uuid; else the daemon chooses one.")
    private @Nullable String uuid;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "How it is virtualised: pv, pvh or hvm; pvh where kernel and host can do it, if not given.")
    private @Nullable String type;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            converter = Size.Converter.class,
            description = "Memory, in MiB or as 512m, 2g.")
    private @Nullable Size memory;

    @Option(names = "--vcpus", paramLabel = "N", description = "Virtual cpus.")
    private @Nullable Integer vcpus;

    @Option(names = "--kernel", paramLabel = "PATH", description = "The kernel; on the simulated host also sim:linux.")
    private @Nullable String kernel;

    @Option(
            names = "--bootloader",
            paramLabel = "NAME",
            description = "Instead of a kernel: pvgrub, which boots the guest from its own disk.")
    private @Nullable String bootloader;

    @Option(
            names = "--firmware",
            paramLabel = "KIND",
            description = "What an HVM domain boots by: bios (default) or uefi.")
    private @Nullable String firmware;

    @Option(
            names = "--vga",
            paramLabel = "CARD",
            description = "The display card of an HVM domain: std (default), cirrus or none.")
    private @Nullable String vga;

    @Option(
            names = "--ramdisk",
            paramLabel = "PATH",
            description = "The initial ramdisk. May be given several times; Linux unpacks one after the other.")
    private List<String> ramdisks = List.of();

    @Option(names = "--cmdline", paramLabel = "TEXT", description = "The kernel's command line.")
    private @Nullable String cmdline;

    @Option(
            names = {"-d", "--disk"},
            paramLabel = "DISK",
            converter = DiskVerbs.DiskConverter.class,
            description = "A disk, in a form of xl or xm: /srv/web.img,raw,xvda,rw. May be given several times.")
    private List<DiskSpec> disks = List.of();

    @Option(
            names = "--vif",
            paramLabel = "VIF",
            converter = VifVerbs.VifConverter.class,
            description =
                    "A network interface, in a form of xl or xm: bridge=xenbr0, or network=NAME for a network of xcsd."
                            + " May be given several times.")
    private List<VifSpec> vifs = List.of();

    @Option(
            names = "--guest-os",
            paramLabel = "OS",
            description =
                    "The guest's system, for names of disks: linux, netbsd, freebsd, openbsd, plan9, minios, windows;"
                            + " else its kernel tells.")
    private @Nullable String guestOs;

    @Option(
            names = {"-p", "--paused"},
            description = "Leave it paused when it is built.")
    private boolean paused;

    @Option(
            names = "--on-poweroff",
            paramLabel = "WHAT",
            converter = EndConverter.class,
            description = "When the guest has powered off: destroy (default), restart or preserve.")
    private @Nullable OnEnd onPoweroff;

    @Option(
            names = "--on-reboot",
            paramLabel = "WHAT",
            converter = EndConverter.class,
            description = "When it asks for a reboot: restart (default), destroy or preserve.")
    private @Nullable OnEnd onReboot;

    @Option(
            names = "--on-crash",
            paramLabel = "WHAT",
            converter = EndConverter.class,
            description = "When it has crashed: destroy (default), restart or preserve.")
    private @Nullable OnEnd onCrash;

    @Override
    public Integer call() {
        ObjectNode body = file == null ? object() : read(file);
        addOptions(body);
        for (String field : new String[] {"name", "memoryMib", "vcpus", "kernel"}) {
            if (!body.has(field) && !(field.equals("kernel") && bootsOtherwise(body))) {
                throw CommandFailure.of(ExitCode.USAGE, "The domain has no " + field + ": see xcs create --help");
            }
        }
        JsonNode created = daemon().post("/v1/domains", body);
        return done(
                created,
                created.path("name").asText() + " is " + created.path("state").asText() + ", domid "
                        + created.path("domid").asText() + ", uuid "
                        + created.path("uuid").asText());
    }

    private static boolean bootsOtherwise(ObjectNode body) {
        return body.has("bootloader") || body.path("type").asText().equals("hvm");
    }

    private void addOptions(ObjectNode body) {
        text(body, "name", name);
        text(body, "uuid", uuid);
        text(body, "type", type);
        if (memory != null) {
            body.put("memoryMib", memory.wholeMib());
        }
        if (vcpus != null) {
            body.put("vcpus", vcpus);
        }
        text(body, "kernel", kernel);
        text(body, "bootloader", bootloader);
        text(body, "firmware", firmware);
        text(body, "vga", vga);
        if (!ramdisks.isEmpty()) {
            body.remove("ramdisk");
            ArrayNode all = body.putArray("ramdisks");
            ramdisks.forEach(all::add);
        }
        text(body, "cmdline", cmdline);
        text(body, "guestOs", guestOs);
        if (!disks.isEmpty()) {
            ArrayNode all = body.putArray("disks");
            disks.forEach(disk -> all.add(DiskVerbs.body(disk)));
        }
        if (!vifs.isEmpty()) {
            ArrayNode all = body.putArray("vifs");
            vifs.forEach(vif -> all.add(VifVerbs.body(vif)));
        }
        if (paused) {
            body.put("paused", true);
        }
        text(body, "onPoweroff", onPoweroff == null ? null : onPoweroff.json());
        text(body, "onReboot", onReboot == null ? null : onReboot.json());
        text(body, "onCrash", onCrash == null ? null : onCrash.json());
    }

    private static void text(ObjectNode body, String field, @Nullable String value) {
        if (value != null) {
            body.put(field, value);
        }
    }

    private ObjectNode read(String from) {
        try (InputStream stream = from.equals("-") ? around().in() : new FileInputStream(from)) {
            byte[] bytes = stream.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw CommandFailure.of(ExitCode.USAGE, from + " is longer than 1 MiB");
            }
            if (Daemon.JSON.readTree(bytes) instanceof ObjectNode body) {
                return body;
            }
            throw CommandFailure.of(ExitCode.USAGE, from + " holds no JSON object");
        } catch (JsonProcessingException e) {
            throw CommandFailure.of(ExitCode.USAGE, from + " is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.USAGE, from + " cannot be read: " + e.getMessage());
        }
    }

    /** In lower case, as the API has them. */
    static final class EndConverter implements picocli.CommandLine.ITypeConverter<OnEnd> {
        @Override
        public OnEnd convert(String text) {
            for (OnEnd end : OnEnd.values()) {
                if (end.json().equals(text)) {
                    return end;
                }
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "\"" + text + "\", expected destroy, restart or preserve");
        }
    }
}

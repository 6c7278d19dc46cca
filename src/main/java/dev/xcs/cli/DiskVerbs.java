package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.ProblemException;
import dev.xcs.xlcfg.DiskSyntax;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The verbs about the disks of a domain. */
final class DiskVerbs {
    private DiskVerbs() {}

    /** In any form that xl or xm know. */
    static final class DiskConverter implements ITypeConverter<DiskSpec> {
        @Override
        public DiskSpec convert(String text) {
            try {
                return DiskSyntax.parse(text);
            } catch (ProblemException e) {
                throw new TypeConversionException(e.problem().detail());
            }
        }
    }

    /** As the API takes it. */
    static JsonNode body(DiskSpec disk) {
        ObjectNode body = Daemon.JSON.valueToTree(disk);
        body.remove("backendType");
        body.properties().removeIf(field -> field.getValue().isNull());
        return body;
    }

    /** One domain's disks. */
    @Command
    abstract static class OfDomain extends Verb {
        @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
        private String domain = "";

        final String domain() {
            return domain;
        }

        final String disks() {
            return daemon().domainPath(domain) + "/disks";
        }
    }

    /** One disk. */
    @Command
    abstract static class OfDisk extends OfDomain {
        @Parameters(
                index = "1",
                paramLabel = "VDEV",
                description = "What the guest calls it, xvda for example, or its virtual device number.")
        private String vdev = "";

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        final String vdev() {
            return vdev;
        }

        final String disk() {
            if (!vdev.matches("[A-Za-z0-9]{1,32}")) {
                throw new ParameterException(
                        spec.commandLine(), "VDEV is \"" + vdev + "\", expected a name like xvda, or a number");
            }
            return disks() + "/" + vdev;
        }
    }

    @Command(
            name = "disk-list",
            description = "Lists the disks of a domain, whoever attached them.",
            footer = {"  xcs disk-list web", "  xcs --json disk-list web | jq '.[].statistics.readBytes'"})
    static final class ListDisks extends OfDomain {
        @Override
        public Integer call() {
            JsonNode disks = daemon().get(disks());
            if (json()) {
                printJson(disks);
                return ExitCode.DONE;
            }
            Table table = new Table("VDEV", ">NUMBER", "STATE", ">BYTES", "ACCESS", "DEVICE", "FORMAT", "TARGET");
            disks.forEach(disk -> table.row(
                    disk.path("vdev").asText(),
                    disk.path("virtualDevice").asText(),
                    disk.path("state").asText(),
                    disk.path("sizeBytes").asText("-"),
                    disk.path("access").asText(),
                    disk.path("device").asText(),
                    disk.path("format").asText(),
                    disk.path("target").asText("(empty)")));
            table.print(out());
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "disk-attach",
            description = {
                "Attaches a disk; returns when the guest has it.",
                "",
                "DISK is what stands in the disk list of an xl or xm configuration. A domain that xcsd made keeps it for its next boots."
            },
            footer = {
                "  xcs disk-attach web /srv/data.img,raw,xvdb,rw",
                "  xcs disk-attach web phy:/dev/vg/data,xvdb,w",
                "  xcs disk-attach web format=qcow2,vdev=xvdc,access=ro,target=/srv/base.qcow2"
            })
    static final class Attach extends OfDomain {
        @Parameters(
                index = "1",
                paramLabel = "DISK",
                converter = DiskConverter.class,
                description = "The disk, in a form of xl or xm.")
        private @Nullable DiskSpec wanted;

        @Override
        public Integer call() {
            JsonNode disk = daemon().post(disks(), body(java.util.Objects.requireNonNull(wanted)));
            return done(
                    disk,
                    domain() + " has " + disk.path("vdev").asText() + ", "
                            + disk.path("sizeBytes").asText("no") + " bytes, "
                            + disk.path("state").asText());
        }
    }

    @Command(
            name = "disk-detach",
            description = "Takes a disk away; returns when the guest has given it up.",
            footer = {"  xcs disk-detach web xvdb", "  xcs disk-detach web xvdb --force"})
    static final class Detach extends OfDisk {
        @Option(names = "--force", description = "Also when the guest does not give it up.")
        private boolean force;

        @Override
        public Integer call() {
            daemon().delete(disk() + (force ? "?force=true" : ""));
            return done(object().put("vdev", vdev()), domain() + " has no " + vdev() + " any more");
        }
    }

    @Command(
            name = "cd-insert",
            description = "Puts a medium into a CD drive of a guest.",
            footer = "  xcs cd-insert web xvdc /srv/debian.iso")
    static final class Insert extends OfDisk {
        @Parameters(index = "2", paramLabel = "PATH", description = "The medium, a path of dom0.")
        private String target = "";

        @Override
        public Integer call() {
            JsonNode disk = daemon().patch(disk(), object().put("target", target));
            return done(disk, target + " is in " + vdev() + " of " + domain());
        }
    }

    @Command(name = "cd-eject", description = "Empties a CD drive of a guest.", footer = "  xcs cd-eject web xvdc")
    static final class Eject extends OfDisk {
        @Override
        public Integer call() {
            JsonNode disk = daemon().patch(disk(), object().putNull("target"));
            return done(disk, vdev() + " of " + domain() + " is empty");
        }
    }

    @Command(
            name = "disk-resize",
            description = {
                "Grows a disk while the guest runs; returns when the guest has been told.",
                "",
                "A file is made that big; a device has to have that size already, by lvextend for example."
            },
            footer = "  xcs disk-resize web xvda 21474836480")
    static final class Resize extends OfDisk {
        @Parameters(index = "2", paramLabel = "BYTES", description = "The new size, a multiple of 512.")
        private long bytes;

        @Override
        public Integer call() {
            JsonNode disk = daemon().patch(disk(), object().put("sizeBytes", bytes));
            return done(
                    disk,
                    vdev() + " of " + domain() + " has "
                            + disk.path("sizeBytes").asText() + " bytes");
        }
    }
}

package dev.xcs.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.bus.Json;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ShutdownReason;
import dev.xcs.model.VgaCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionsTest {
    @TempDir
    Path stateDir;

    @Test
    void findsWhatWasSaved() {
        Definition booted = Definition.creating(spec("web1")).booted(7);
        Definition stopped = Definition.creating(spec("web2"))
                .booted(8)
                .restarting(ShutdownReason.CRASH)
                .stopped()
                .restarted(List.of(Instant.parse("2026-01-01T00:00:00Z")));
        definitions().save(booted);
        definitions().save(stopped);
        assertThat(definitions().load()).containsExactlyInAnyOrder(booted, stopped);
    }

    @Test
    void readsWhatAnEarlierVersionWroteWithoutRestarts() throws IOException {
        Definition booted = Definition.creating(spec("web1")).booted(7);
        definitions().save(booted);
        Path file = stateDir.resolve("domains").resolve(booted.uuid() + ".json");
        Files.writeString(file, Files.readString(file).replace(",\"restarts\":[]", ""));
        assertThat(Files.readString(file)).doesNotContain("restarts");
        assertThat(definitions().load()).containsExactly(booted);
    }

    @Test
    void readsTheOneRamdiskOfAnEarlierVersion() throws IOException {
        Definition definition = Definition.creating(spec("web1"));
        definitions().save(definition);
        Path file = stateDir.resolve("domains").resolve(definition.uuid() + ".json");
        for (String ramdisk : List.of("\"/boot/initrd\"", "null")) {
            definitions().save(definition);
            Files.writeString(file, Files.readString(file).replace("\"ramdisks\":[]", "\"ramdisk\":" + ramdisk));
            assertThat(Files.readString(file)).contains("\"ramdisk\":");
            assertThat(definitions().load())
                    .singleElement()
                    .satisfies(read -> assertThat(read.spec().ramdisks())
                            .isEqualTo(ramdisk.equals("null") ? List.of() : List.of("/boot/initrd")));
        }
    }

    @Test
    void keepsWhatAPcHasAndNoFilesOfIt() throws IOException {
        HvmSpec pc = HvmSpec.of(FirmwareKind.UEFI, VgaCard.CIRRUS);
        Definition booted = Definition.creating(pc("pc", pc)).booted(7);
        definitions().save(booted);
        assertThat(definitions().load()).containsExactly(booted);
        Path file = stateDir.resolve("domains").resolve(booted.uuid() + ".json");
        assertThat(Files.readString(file)).contains("\"hvm\":{\"firmware\":\"uefi\",\"vga\":\"cirrus\"}");
        Files.writeString(
                file, Files.readString(file).replace(",\"hvm\":{\"firmware\":\"uefi\",\"vga\":\"cirrus\"}", ""));
        assertThat(definitions().load())
                .singleElement()
                .satisfies(older -> assertThat(older.spec().hvm()).isEqualTo(HvmSpec.DEFAULT));
    }

    private static DomainSpec pc(String name, HvmSpec pc) {
        DomainSpec any = spec(name);
        return new DomainSpec(
                any.uuid(),
                name,
                DomainType.HVM,
                128,
                1,
                HvmSpec.LOADER,
                List.of(),
                null,
                false,
                any.onPoweroff(),
                any.onReboot(),
                any.onCrash(),
                any.guestOs(),
                List.of(),
                List.of(),
                pc);
    }

    @Test
    void replacesAnOlderDefinition() {
        Definition creating = Definition.creating(spec("web1"));
        definitions().save(creating);
        definitions().save(creating.booted(3));
        assertThat(definitions().load()).containsExactly(creating.booted(3));
    }

    @Test
    void forgetsWhatWasRemovedAndDoesNotMindRemovingTwice() {
        Definition one = Definition.creating(spec("web1"));
        definitions().save(one);
        definitions().remove(one.uuid());
        definitions().remove(one.uuid());
        assertThat(definitions().load()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void keepsEverythingFromOtherUsers() throws IOException {
        definitions().save(Definition.creating(spec("web1")));
        Path directory = stateDir.resolve("domains");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))))
                .isEqualTo("rw-------");
    }

    @Test
    void dropsAFileThatTheHostsEndLeftEmpty() throws IOException {
        Definition one = Definition.creating(spec("web1"));
        definitions().save(one);
        Files.write(files().get(0), new byte[0]);
        assertThat(definitions().load()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void setsACorruptFileAsideAndReadsTheOthers() throws IOException {
        Definition good = Definition.creating(spec("good"));
        definitions().save(good);
        for (String bad : List.of("{", "null", "{\"phase\":\"ACTIVE\"}", "[1]", "\0\0\0\0")) {
            Path file = stateDir.resolve("domains").resolve(UUID.randomUUID() + ".json");
            Files.writeString(file, bad);
            assertThat(definitions().load()).as(bad).containsExactly(good);
            assertThat(file).as(bad).doesNotExist();
            assertThat(file.resolveSibling(file.getFileName() + ".corrupt"))
                    .as(bad)
                    .hasContent(bad);
        }
    }

    @Test
    void setsAFileAsideThatHoldsAnotherDomain() throws IOException {
        Definition one = Definition.creating(spec("web1"));
        definitions().save(one);
        Files.move(files().get(0), stateDir.resolve("domains").resolve(UUID.randomUUID() + ".json"));
        assertThat(definitions().load()).isEmpty();
    }

    @Test
    void toleratesWhatANewerDaemonAdded() throws IOException {
        Definition one = Definition.creating(spec("web1"));
        definitions().save(one);
        Path file = files().get(0);
        Files.writeString(file, Files.readString(file).replaceFirst("\\{", "{\"tomorrow\":1,"));
        assertThat(definitions().load()).containsExactly(one);
    }

    @Test
    void doesNotMindWhatAKilledDaemonLeft() throws IOException {
        Definition one = Definition.creating(spec("web1"));
        Path left = stateDir.resolve("domains").resolve(one.uuid() + ".json.new");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "{\"sp");
        assertThat(definitions().load()).isEmpty();
        definitions().save(one);
        assertThat(definitions().load()).containsExactly(one);
        assertThat(left).doesNotExist();
    }

    @Test
    void saysWhichFileCannotBeWritten() throws IOException {
        Files.writeString(stateDir.resolve("domains"), "not a directory");
        assertThatThrownBy(() -> definitions().save(Definition.creating(spec("web1"))))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining(stateDir.toString());
    }

    private Definitions definitions() {
        return new Definitions(stateDir, Json.mapper());
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(stateDir.resolve("domains"))) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static DomainSpec spec(String name) {
        return new DomainSpec(
                UUID.randomUUID(),
                name,
                DomainType.PV,
                128,
                1,
                "/boot/vmlinuz",
                List.of(),
                null,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.PRESERVE,
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                null);
    }
}

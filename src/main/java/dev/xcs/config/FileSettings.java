package dev.xcs.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Reads what a TOML file sets. */
final class FileSettings {
    /** A configuration is a few KiB; anything much longer is the wrong file. */
    private static final long MAX_BYTES = 1 << 20;

    private final Settings settings = new Settings();
    private final String origin;

    private FileSettings(Path file) {
        origin = "file " + file;
    }

    static Settings read(Path file) {
        FileSettings reading = new FileSettings(file);
        reading.load(file);
        return reading.settings;
    }

    private void load(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                settings.refuse(origin + ": there is no such file");
            } else if (Files.size(file) > MAX_BYTES) {
                settings.refuse(origin + ": " + Files.size(file) + " bytes, expected at most " + MAX_BYTES);
            } else {
                table("", new TomlMapper().readTree(Files.readString(file)));
            }
        } catch (JsonProcessingException notToml) {
            settings.refuse(origin + place(notToml.getLocation()) + ": not TOML: " + notToml.getOriginalMessage());
        } catch (IOException unreadable) {
            settings.refuse(origin + ": cannot be read: " + unreadable);
        }
    }

    private static String place(JsonLocation location) {
        return location == null ? "" : ", line " + location.getLineNr() + " column " + location.getColumnNr();
    }

    private void table(String prefix, JsonNode table) {
        table.properties().forEach(entry -> entry(prefix + entry.getKey(), entry.getValue()));
    }

    private void entry(String path, JsonNode value) {
        Keys.find(path).ifPresentOrElse(key -> known(key, value), () -> other(path, value));
    }

    private void known(Key<?> key, JsonNode value) {
        if (value.isTextual() || value.isIntegralNumber()) {
            settings.set(key, value.asText(), origin);
        } else if (key.kind().isFlag() && value.isBoolean()) {
            settings.set(key, value.asText(), origin);
        } else if (key.kind().isList() && value.isArray()) {
            settings.set(key, joined(value), origin);
        } else {
            settings.refuse(
                    key.path(),
                    key.path() + " (" + origin + "): " + value + ", expected "
                            + key.kind().expected());
        }
    }

    private static String joined(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(part -> part.isTextual() ? part.asText() : part.toString())
                .collect(Collectors.joining(Kind.LIST_SEPARATOR));
    }

    private void other(String path, JsonNode value) {
        boolean section = Keys.all().stream().anyMatch(key -> key.path().startsWith(path + "."));
        if (path.equals(NetworkKeys.SECTION) && value.isObject()) {
            value.properties().forEach(entry -> network(entry.getKey(), entry.getValue()));
        } else if (section && value.isObject()) {
            table(path + ".", value);
        } else if (value.isObject()) {
            settings.refuseUnknown(path, origin, "section", sections());
        } else {
            settings.refuseUnknown(
                    path, origin, "key", Keys.all().stream().map(Key::path).toList());
        }
    }

    private void network(String name, JsonNode value) {
        String path = NetworkKeys.SECTION + "." + name;
        if (!NetworkSpec.isName(name)) {
            settings.refuse(NetworkKeys.SECTION + " (" + origin + "): " + Problem.quote(name) + ", expected "
                    + NetworkSpec.NAME_EXPECTED);
        } else if (!value.isObject() || value.isEmpty()) {
            settings.refuse(path + " (" + origin + "): " + (value.isObject() ? "nothing" : value)
                    + ", expected a table with " + String.join(", ", NetworkKeys.ALL));
        } else {
            value.properties().forEach(entry -> networkKey(path, entry.getKey(), entry.getValue()));
        }
    }

    private void networkKey(String table, String name, JsonNode value) {
        String path = table + "." + name;
        NetworkKeys.find(path)
                .ifPresentOrElse(
                        key -> known(key, value),
                        () -> settings.refuse(
                                path,
                                Problem.quote(path) + " (" + origin + "): unknown key"
                                        + Nearest.hint(name, NetworkKeys.ALL)));
    }

    private static List<String> sections() {
        return Keys.all().stream()
                .map(Key::path)
                .filter(path -> path.contains("."))
                .map(path -> path.substring(0, path.indexOf('.')))
                .distinct()
                .toList();
    }
}

package dev.xcs.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the daemon and the token: what the options say, else the environment (XCS_URL, XCS_TOKEN, XCS_TOKEN_FILE), else what a daemon
 * left in its state directory ({@code endpoints} and {@code admin.token}). A token out of a state directory goes only to the daemon
 * that serves from it.
 */
final class DaemonFinder {
    private final Surroundings around;

    DaemonFinder(Surroundings around) {
        this.around = around;
    }

    /** Where the API is and what it wants to see. */
    record Found(URI url, String token) {}

    Found find(@Nullable String urlOption, @Nullable Path tokenFileOption) {
        Optional<String> given = Optional.ofNullable(urlOption).or(() -> variable("XCS_URL"));
        Optional<Path> stateDir = stateDirs()
                .filter(dir -> given.map(url -> isServedAt(dir, parse(url)))
                        .orElseGet(() -> Files.exists(dir.resolve("endpoints"))))
                .findFirst();
        URI url = given.map(DaemonFinder::parse)
                .or(() -> stateDir.flatMap(DaemonFinder::api))
                .orElseThrow(this::nowhere);
        return new Found(url, token(tokenFileOption, stateDir));
    }

    private String token(@Nullable Path option, Optional<Path> stateDir) {
        if (option != null) {
            return read(option);
        }
        return variable("XCS_TOKEN")
                .or(() -> variable("XCS_TOKEN_FILE").map(file -> read(Path.of(file))))
                .or(() -> stateDir.map(dir -> read(dir.resolve("admin.token"))))
                .orElseThrow(() -> CommandFailure.of(ExitCode.NOT_AUTHORISED, "There is no token for this daemon")
                        .because("give --token-file, XCS_TOKEN_FILE or XCS_TOKEN; the daemon keeps it in"
                                + " admin.token of its state directory"));
    }

    private Stream<Path> stateDirs() {
        return Stream.concat(variable("XCS_STATE_DIR").map(Path::of).stream(), around.stateDirs().stream());
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(around.environment().get(name)).filter(value -> !value.isEmpty());
    }

    private CommandFailure nowhere() {
        return CommandFailure.of(
                        ExitCode.UNREACHABLE,
                        "No daemon was found: there is no file named endpoints in "
                                + String.join(
                                        " or ", stateDirs().map(Path::toString).toList()))
                .because("none runs, or you may not read its state directory; --url says where one is");
    }

    private static boolean isServedAt(Path dir, URI url) {
        return api(dir).filter(url::equals).isPresent();
    }

    /** Empty when the file is gone again: the daemon has stopped. */
    private static Optional<URI> api(Path dir) {
        try (Stream<String> lines = Files.lines(dir.resolve("endpoints"))) {
            return lines.filter(line -> line.startsWith("api="))
                    .map(line -> parse(line.substring("api=".length())))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static URI parse(String text) {
        String url = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        try {
            URI uri = new URI(url);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawPath().isEmpty() && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw notAnUrl(text);
        }
        throw notAnUrl(text);
    }

    private static CommandFailure notAnUrl(String text) {
        return CommandFailure.of(
                ExitCode.USAGE, "The URL of the daemon is \"" + text + "\", expected http://HOST:PORT");
    }

    private static String read(Path file) {
        try {
            String token = Files.readString(file).strip();
            if (token.isEmpty() || token.length() > 4096 || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
                throw CommandFailure.of(ExitCode.NOT_AUTHORISED, "There is no token in " + file);
            }
            return token;
        } catch (NoSuchFileException e) {
            throw CommandFailure.of(ExitCode.NOT_AUTHORISED, "There is no file " + file + " to read the token from");
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.NOT_AUTHORISED, "The token in " + file + " cannot be read: " + e)
                    .because("only the daemon's own user may read it; try as root");
        }
    }
}

package dev.xcs.api;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The secret of who may do everything: 256 random bits as base64url, in a file that only its owner can read. */
final class AdminToken {
    static final String FILE = "admin.token";

    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43,128}");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final byte[] text;
    /** The key of what only this daemon makes. */
    private final byte[] digest;

    private AdminToken(String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
        digest = Secrets.digest(text);
    }

    /** Reads the token, or makes one at the first start. Blocks. */
    static AdminToken loadOrCreate(Path stateDir) {
        Path file = stateDir.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                create(stateDir, file);
            }
            return load(file);
        } catch (IOException e) {
            throw new ProblemException(unusable(file, e.toString()), e);
        }
    }

    private static void create(Path stateDir, Path file) throws IOException {
        Files.createDirectories(stateDir, mode("rwx------"));
        Path draft = Files.createTempFile(stateDir, FILE, ".new", mode("rw-------"));
        try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap((Secrets.generate() + "\n").getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static AdminToken load(Path file) throws IOException {
        if (!EnumSet.copyOf(OWNER_ONLY).containsAll(Files.getPosixFilePermissions(file))) {
            LOG.warn(
                    "{} could be read by others: now it is private, but the token may be known; delete it for a new"
                            + " one",
                    file);
            Files.setPosixFilePermissions(file, OWNER_ONLY);
        }
        String text = Files.readString(file).strip();
        if (!SHAPE.matcher(text).matches()) {
            throw unusable(file, "it holds no token of 43 or more base64url characters")
                    .toException();
        }
        return new AdminToken(text);
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private static Problem unusable(Path file, String why) {
        return Problem.of(ProblemType.INTERNAL, file + " cannot be used: " + why)
                .withCause("delete the file to have a new token made, and see that the daemon may write there");
    }

    /** Compares in a time that tells nothing about the token. */
    boolean matches(String candidate) {
        // As they are, since this is done for every request: the time it takes tells of the candidate only, and how
        // long the token is, is public.
        return MessageDigest.isEqual(text, candidate.getBytes(StandardCharsets.UTF_8));
    }

    /** A code of the content that nobody makes without the token. */
    String code(String content) {
        return Secrets.code(digest, content);
    }

    /** Tells this daemon's cookie from another's on the same machine: browsers keep one jar for all ports of a host. */
    String cookieName() {
        return String.format("xcs_session_%02x%02x%02x", digest[0], digest[1], digest[2]);
    }
}

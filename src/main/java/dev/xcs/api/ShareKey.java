package dev.xcs.api;

import dev.xcs.model.ConsoleShare;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs share links and the cookies that they become, with a key that never leaves the state directory. */
final class ShareKey {
    static final String FILE = "share.key";

    private static final String ALGORITHM = "HmacSHA256";
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final SecretKeySpec key;

    private ShareKey(String secret) {
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), ALGORITHM);
    }

    /** Reads the key, or makes one at the first start. Blocks. */
    static ShareKey loadOrCreate(Path stateDir) {
        Path file = stateDir.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
                Path draft = Files.createTempFile(stateDir, FILE, ".new", mode);
                Files.writeString(draft, Secrets.generate());
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            }
            String secret = Files.readString(file).strip();
            if (SHAPE.matcher(secret).matches()) {
                return new ShareKey(secret);
            }
            throw new IOException("it holds no key of 43 base64url characters");
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(ProblemType.INTERNAL, file + " cannot be used: " + e.getMessage())
                            .withCause("delete the file to have a new key made; links that were given out end with it"),
                    e);
        }
    }

    /** What is in the link. */
    String token(ConsoleShare share) {
        return share.id() + "." + signature("link", share);
    }

    /** What is in the cookie of who came by the link. */
    String cookie(ConsoleShare share) {
        return share.id() + "." + signature("session", share);
    }

    boolean isToken(String text, ConsoleShare share) {
        return matches(text, token(share));
    }

    boolean isCookie(String text, ConsoleShare share) {
        return matches(text, cookie(share));
    }

    /** In a time that tells nothing about the right one. */
    private static boolean matches(String text, String right) {
        return MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    /** The share that a token or cookie claims to be. */
    static String id(String text) {
        int dot = text.indexOf('.');
        return dot < 0 ? "" : text.substring(0, dot);
    }

    private String signature(String purpose, ConsoleShare share) {
        String signed = String.join(
                "|",
                purpose,
                share.id(),
                share.domain().toString(),
                share.writes() ? "write" : "view",
                Long.toString(share.expires().getEpochSecond()));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] bytes = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Every Java has HmacSHA256", e);
        }
    }
}

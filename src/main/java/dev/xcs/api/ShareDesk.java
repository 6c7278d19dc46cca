package dev.xcs.api;

import dev.xcs.bus.Json;
import dev.xcs.journal.ConsoleShares;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ConsoleShare;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links to consoles that were given out. Each issue, use, refusal and revocation is a control message. What was used and what was revoked
 * is on disk before anybody is told.
 */
final class ShareDesk {
    private static final Logger LOG = LoggerFactory.getLogger(ShareDesk.class);
    private static final int MAX_SHARES = 1000;
    /** How long after its end a link can still be seen in the list. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final Vertx vertx;
    private final ConsoleShares disk;
    private final ShareKey key;
    private final ConsoleDesk consoles;
    private final MessageConsumer<DomainChanged> changes;
    private final Map<String, ConsoleShare> shares = new LinkedHashMap<>();

    private ShareDesk(Vertx vertx, ConsoleShares disk, ShareKey key, ConsoleDesk consoles, List<ConsoleShare> kept) {
        this.vertx = vertx;
        this.disk = disk;
        this.key = key;
        this.consoles = consoles;
        kept.stream()
                .sorted(Comparator.comparing(ConsoleShare::created))
                .forEach(share -> shares.put(share.id(), share));
        changes = DomainChanged.ADDRESS.listen(vertx.eventBus(), this::changed);
    }

    static Future<ShareDesk> open(Vertx vertx, Path stateDir, ConsoleDesk consoles) {
        ConsoleShares disk = new ConsoleShares(stateDir, Json.mapper());
        record Opened(ShareKey key, List<ConsoleShare> kept) {}
        return vertx.executeBlocking(() -> new Opened(ShareKey.loadOrCreate(stateDir), disk.load()), false)
                .map(opened -> new ShareDesk(vertx, disk, opened.key(), consoles, opened.kept()));
    }

    /** Gives out a link; gives its token, which is told once. */
    Future<String> issue(ConsoleShare share) {
        purge();
        if (shares.size() >= MAX_SHARES) {
            return Future.failedFuture(Problem.of(
                            ProblemType.TOO_MANY, "There are " + MAX_SHARES + " share links, the maximum: revoke some")
                    .toException());
        }
        return save(share).map(saved -> {
            tell(share, ControlSubtype.CONSOLE_SHARE_ISSUED, null);
            return key.token(share);
        });
    }

    /** Made now, with an id that nobody can guess. */
    static ConsoleShare make(UUID domain, boolean writes, int uses, Duration lasts) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new ConsoleShare(
                Secrets.generate().substring(0, 22), domain, writes, uses, 0, now, now.plus(lasts), false);
    }

    List<ConsoleShare> of(UUID domain) {
        purge();
        return shares.values().stream()
                .filter(share -> share.domain().equals(domain))
                .toList();
    }

    /** Uses a link once; the one that it was. */
    Future<ConsoleShare> redeem(String token) {
        ConsoleShare share = shares.get(ShareKey.id(token));
        if (share == null || !key.isToken(token, share)) {
            return Future.failedFuture(
                    refusal("The link is not one of this host's").toException());
        }
        String why = share.revoked()
                ? "revoked"
                : !share.isOpen(Instant.now()) ? "expired" : share.used() >= share.uses() ? "used up" : "";
        if (!why.isEmpty()) {
            tell(share, ControlSubtype.CONSOLE_SHARE_REFUSED, why);
            return Future.failedFuture(refusal("The link is " + why).toException());
        }
        // Counted at once: two that come together must not share one use.
        ConsoleShare used = share.usedOnce();
        return save(used).map(saved -> {
            tell(used, ControlSubtype.CONSOLE_SHARE_USED, null);
            return used;
        });
    }

    private static Problem refusal(String detail) {
        return Problem.of(ProblemType.FORBIDDEN, detail).withField("token");
    }

    /** What is in the cookie of who came by this link. */
    String cookie(ConsoleShare share) {
        return key.cookie(share);
    }

    /** The share that a cookie stands for, if it still opens something. */
    Optional<ConsoleShare> session(String cookie) {
        ConsoleShare share = shares.get(ShareKey.id(cookie));
        return share != null && key.isCookie(cookie, share) && share.isOpen(Instant.now())
                ? Optional.of(share)
                : Optional.empty();
    }

    /** Takes a link back, and sends away who came by it. */
    Future<Void> revoke(UUID domain, String id) {
        ConsoleShare share = shares.get(id);
        if (share == null || !share.domain().equals(domain)) {
            return Future.failedFuture(Problem.of(
                            ProblemType.NOT_FOUND, Problem.quote(id) + ": there is no such share link of this console")
                    .toException());
        }
        if (share.revoked()) {
            return Future.succeededFuture();
        }
        ConsoleShare revoked = share.takenBack();
        return save(revoked).map(saved -> {
            consoles.closeShare(id, "the share link was revoked");
            tell(revoked, ControlSubtype.CONSOLE_SHARE_REVOKED, null);
            return null;
        });
    }

    /** In memory at once, so that nobody overtakes it; done when it is on disk. */
    private Future<Void> save(ConsoleShare share) {
        shares.put(share.id(), share);
        return vertx.executeBlocking(() -> {
            disk.save(share);
            return null;
        });
    }

    private void purge() {
        Instant oldest = Instant.now().minus(REMEMBERED);
        List<String> over = shares.values().stream()
                .filter(share -> share.expires().isBefore(oldest))
                .map(ConsoleShare::id)
                .toList();
        over.forEach(this::remove);
    }

    private void remove(String id) {
        shares.remove(id);
        vertx.executeBlocking(() -> {
                    disk.remove(id);
                    return null;
                })
                .onFailure(failure -> LOG.warn("Share link {} could not be removed: {}", id, failure.getMessage()));
    }

    /** With the domain its links are gone: its uuid may be used again. */
    private void changed(DomainChanged change) {
        if (change.gone()) {
            UUID domain = change.domain().uuid();
            shares.values().stream()
                    .filter(share -> share.domain().equals(domain))
                    .map(ConsoleShare::id)
                    .toList()
                    .forEach(this::remove);
        }
    }

    private void tell(ConsoleShare share, ControlSubtype what, @Nullable String reason) {
        ControlPayload.Share payload = new ControlPayload.Share(
                share.id(), share.writes() ? "write" : "view", share.uses() - share.used(), reason);
        RouteControl.ADDRESS.publish(
                vertx.eventBus(), new RouteControl(ControlMessage.about(share.domain(), -1, what, payload)));
    }

    Future<?> close() {
        return changes.unregister();
    }
}

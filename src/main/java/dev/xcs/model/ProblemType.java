package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The stable kinds of failure. Each has a slug (the last part of the problem's type URI), a title and the HTTP status it is
 * answered with (RFC 9457); this is the one place where statuses are mapped.
 */
public enum ProblemType {
    MALFORMED("malformed", "The request is malformed", 400),
    INVALID_FIELD("invalid-field", "A field has a value that cannot be accepted", 400),
    UNAUTHENTICATED("unauthenticated", "Authentication is needed", 401),
    FORBIDDEN("forbidden", "Not allowed", 403),
    NOT_FOUND("not-found", "No such thing", 404),
    METHOD_NOT_ALLOWED("method-not-allowed", "The method is not allowed here", 405),
    CONFLICT("conflict", "The state does not allow this", 409),
    NAME_EXISTS("name-exists", "The name is taken", 409),
    CONSOLE_LEASE_NEEDED("console-lease-needed", "Only the holder of the write lease may write", 409),
    PREEMPTED("preempted", "A stronger operation took precedence", 409),
    BODY_TOO_LARGE("body-too-large", "The body is too large", 413),
    UNSUPPORTED_MEDIA("unsupported-media", "The media type is not understood", 415),
    RANGE("range", "Nothing of the range is there", 416),
    IMPOSSIBLE("impossible", "Valid, but this host cannot do it", 422),
    BAD_IMAGE("bad-image", "The kernel image cannot be used", 422),
    GONE("gone", "It is no longer kept", 410),
    TOO_MANY("too-many", "A limit is reached", 429),
    INTERNAL("internal", "The daemon failed", 500),
    HYPERVISOR("hypervisor", "A hypercall failed", 500),
    XENSTORE("xenstore", "A xenstore operation failed", 500),
    NOT_IMPLEMENTED("not-implemented", "Not implemented", 501),
    UNAVAILABLE("unavailable", "A part of the daemon is not available", 503),
    TIMEOUT("timeout", "It took longer than its deadline", 504),
    OUT_OF_MEMORY("out-of-memory", "Not enough free Xen memory", 507);

    private final String slug;
    private final String title;
    private final int status;

    ProblemType(String slug, String title, int status) {
        this.slug = slug;
        this.title = title;
        this.status = status;
    }

    /** The stable identifier: {@code urn:xcs:problem:<slug>}. */
    @JsonValue
    public String uri() {
        return "urn:xcs:problem:" + slug;
    }

    @JsonCreator
    public static ProblemType ofUri(String uri) {
        for (ProblemType type : values()) {
            if (type.uri().equals(uri)) {
                return type;
            }
        }
        return INTERNAL;
    }

    public String title() {
        return title;
    }

    public int status() {
        return status;
    }
}

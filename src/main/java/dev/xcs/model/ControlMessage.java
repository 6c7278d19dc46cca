package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One control message: a fact about a domain or the host, or a request to one.
 *
 * @param sequence number without gaps, given by the router; 0 until then
 * @param domain the domain it is about; none for the host
 * @param domid Xen's number of that domain at that time, -1 for none
 * @param correlation what ties a request, its effects and its response together
 * @param requestor who asked, as far as it is known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(
        value = {"type", "typeNumber", "subtypeNumber"},
        allowGetters = true)
public record ControlMessage(
        long sequence,
        Instant time,
        @Nullable UUID domain,
        int domid,
        ControlSubtype subtype,
        ControlPayload payload,
        @Nullable String correlation,
        @Nullable String requestor) {

    public static ControlMessage about(UUID domain, int domid, ControlSubtype subtype, ControlPayload payload) {
        return new ControlMessage(0, Instant.now(), domain, domid, subtype, payload, null, null);
    }

    @JsonProperty
    public ControlType type() {
        return subtype.type();
    }

    @JsonProperty
    public int typeNumber() {
        return subtype.type().number();
    }

    @JsonProperty
    public int subtypeNumber() {
        return subtype.number();
    }

    public ControlMessage withSequence(long value) {
        return new ControlMessage(value, time, domain, domid, subtype, payload, correlation, requestor);
    }

    public ControlMessage onBehalfOf(@Nullable String newCorrelation, @Nullable String newRequestor) {
        return new ControlMessage(sequence, time, domain, domid, subtype, payload, newCorrelation, newRequestor);
    }
}

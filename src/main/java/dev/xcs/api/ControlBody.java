package dev.xcs.api;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.xcs.bus.Json;
import dev.xcs.message.OpenSession;
import dev.xcs.message.RequestControl;
import dev.xcs.model.Binding;
import dev.xcs.model.ByteRate;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.ControlType;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Request bodies about control messages, checked field by field; the contract says the same in its schemas. */
final class ControlBody {
    static final String DOMAIN_EXPECTED = "a domain's UUID, or * for every domain";
    static final String TYPE_EXPECTED = "one of "
            + String.join(
                    ", ", Arrays.stream(ControlType.values()).map(Enum::name).toList())
            + ", or * for every type";

    private static final int MAX_BINDINGS = 1024;
    private static final int MAX_VIF_INDEX = 99_999;
    private static final int MAX_GRACE_SECONDS = 3600;
    private static final int GRACE_SECONDS = 60;
    private static final int MAX_DEADLINE_SECONDS = 600;
    private static final int DEADLINE_SECONDS = 60;
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,64}");
    private static final ObjectReader PAYLOAD = Json.mapper()
            .readerFor(ControlPayload.class)
            .with(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .with(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .with(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .without(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

    private ControlBody() {}

    private static Predicate<String> isName() {
        return NAME.asMatchPredicate().and(text -> !text.isBlank());
    }

    static OpenSession session(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        OpenSession wanted = new OpenSession(
                fields.requiredText("name", isName(), "1 to 64 printable characters, not all blank"),
                fields.intOr("graceSeconds", 0, MAX_GRACE_SECONDS, GRACE_SECONDS),
                bindings(fields));
        fields.finish();
        return wanted;
    }

    private static List<Binding> bindings(RequestFields fields) {
        return fields.objects("bindings", MAX_BINDINGS, "objects with domain and type", ControlBody::binding);
    }

    static Binding binding(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        Binding binding = binding(fields);
        fields.finish();
        return binding;
    }

    private static Binding binding(RequestFields fields) {
        return new Binding(
                domain(fields.text("domain", ControlBody::isDomain, DOMAIN_EXPECTED)),
                type(fields.text("type", ControlBody::isType, TYPE_EXPECTED)));
    }

    static boolean isDomain(String text) {
        return text.equals(ShownBinding.ANY) || DomainRequest.uuid(text) != null;
    }

    static boolean isType(String text) {
        return text.equals(ShownBinding.ANY)
                || Arrays.stream(ControlType.values())
                        .anyMatch(type -> type.name().equals(text));
    }

    /** Of a checked text. */
    static @Nullable UUID domain(@Nullable String text) {
        return text == null || text.equals(ShownBinding.ANY) ? null : UUID.fromString(text);
    }

    /** Of a checked text. */
    static @Nullable ControlType type(@Nullable String text) {
        return text == null || text.equals(ShownBinding.ANY) ? null : ControlType.valueOf(text);
    }

    /** The requestor is empty when none is given. */
    static RequestControl request(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        String domain = fields.requiredText("domain", text -> DomainRequest.uuid(text) != null, "a domain's UUID");
        String subtype = fields.requiredText(
                "subtype", ControlBody::isSubtype, "TYPE.NAME of a control message, for example SHUTDOWN.POWEROFF");
        ControlPayload payload = payload(fields);
        int deadlineSeconds = fields.intOr("deadlineSeconds", 1, MAX_DEADLINE_SECONDS, DEADLINE_SECONDS);
        String session = fields.text("session", text -> !text.isEmpty(), "the id of a session");
        String requestor = fields.text("requestor", isName(), "1 to 64 printable characters, not all blank");
        fields.finish();
        return new RequestControl(
                session,
                Objects.requireNonNullElse(requestor, ""),
                UUID.fromString(domain),
                ControlSubtype.ofJson(subtype),
                payload,
                deadlineSeconds * 1000L);
    }

    private static boolean isSubtype(String text) {
        return Arrays.stream(ControlSubtype.values())
                .anyMatch(subtype -> subtype.json().equals(text));
    }

    /** As where disks and vifs are attached, so that the same may be left out. */
    private static <T> T device(String kind, RequestFields payload, JsonNode given, Function<RequestFields, T> reader) {
        payload.node("kind");
        payload.node(kind);
        payload.check();
        RequestFields fields = RequestFields.within(given, payload, "payload." + kind + ".");
        T device = reader.apply(fields);
        fields.check();
        return device;
    }

    /** Without a rate there is no limit. */
    private static ControlPayload rate(RequestFields payload) {
        payload.node("kind");
        int index = payload.requiredInt("index", 0, MAX_VIF_INDEX, "");
        ByteRate rate = payload.isNull("rate")
                ? null
                : payload.value("rate", ByteRate::parse, VifRequest.RATE_EXPECTED + ", or null for no limit");
        payload.check();
        return new ControlPayload.VifRate(index, rate);
    }

    private static ControlPayload payload(RequestFields fields) {
        JsonNode given = fields.node("payload");
        if (given == null) {
            return new ControlPayload.Empty();
        }
        RequestFields payload = RequestFields.within(given, fields, "payload.");
        switch (given.path("kind").asText()) {
            case "disk":
                if (given.path("disk").isObject()) {
                    return new ControlPayload.Disk(device("disk", payload, given.path("disk"), DiskRequest::disk));
                }
                break;
            case "vif":
                if (given.path("vif").isObject()) {
                    return new ControlPayload.Vif(device("vif", payload, given.path("vif"), VifRequest::vif));
                }
                break;
            case "vif-rate":
                return rate(payload);
            default:
        }
        try {
            return PAYLOAD.readValue(given);
        } catch (IOException e) {
            fields.refuse(
                    "payload", given, "a kind and every member of it, for example {\"kind\":\"sysrq\",\"key\":\"h\"}");
        }
        return new ControlPayload.Empty();
    }
}

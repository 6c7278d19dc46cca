package dev.xcs.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.xcs.message.Done;
import dev.xcs.message.FetchDomain;
import dev.xcs.model.Problem;
import io.vertx.core.buffer.Buffer;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RecordCodecTest {
    private static final List<Class<? extends BusMessage>> MESSAGES = messages();

    private final RecordCodec codec = new RecordCodec(Json.mapper());
    private final FailureCodec failures = new FailureCodec(Json.mapper());

    @Property(tries = 200)
    void carriesEveryMessageThroughBytes(@ForAll long seed) {
        Samples samples = new Samples(seed);
        for (Class<? extends BusMessage> type : MESSAGES) {
            BusMessage message = (BusMessage) samples.record(type.asSubclass(Record.class));
            Buffer wire = Buffer.buffer("before");
            codec.encodeToWire(wire, message);
            assertThat(codec.decodeFromWire("before".length(), wire)).isEqualTo(message);
        }
    }

    @Property(tries = 200)
    void carriesEveryProblemThroughBytes(@ForAll long seed) {
        Problem problem = new Samples(seed).record(Problem.class);
        Buffer wire = Buffer.buffer("before");
        failures.encodeToWire(wire, new BusFailure(problem));
        BusFailure arrived = failures.decodeFromWire("before".length(), wire);
        assertThat(arrived.problem()).isEqualTo(problem);
        assertThat(arrived.failureCode()).isEqualTo(problem.status());
    }

    @Example
    void findsTheMessages() {
        assertThat(MESSAGES).hasSizeGreaterThan(40).contains(Done.class, FetchDomain.class);
    }

    @Example
    void passesByReferenceInsideTheProcess() {
        FetchDomain message = new FetchDomain(UUID.randomUUID());
        assertThat(codec.transform(message)).isSameAs(message);
    }

    @Example
    void refusesAMessageOfAKindThatIsNotOurs() {
        assertThatThrownBy(() -> codec.decodeFromWire(0, wire("dev.xcs.message.Unheard", "{}")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec.decodeFromWire(0, wire("java.lang.String", "\"x\"")))
                .isInstanceOf(ClassCastException.class);
    }

    @Example
    void refusesFieldsThatAreUnknownOrMissing() {
        assertThatThrownBy(() -> codec.decodeFromWire(0, wire(Done.class.getName(), "{\"x\":1}")))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> codec.decodeFromWire(0, wire("dev.xcs.message.ConsoleWritten", "{\"accepted\":null}")))
                .isInstanceOf(UncheckedIOException.class);
    }

    private static Buffer wire(String type, String json) {
        return Buffer.buffer()
                .appendInt(type.length())
                .appendString(type)
                .appendInt(json.length())
                .appendString(json);
    }

    private static List<Class<? extends BusMessage>> messages() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.xcs").stream()
                        .map(JavaClass::reflect)
                        .filter(BusMessage.class::isAssignableFrom)
                        .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                        .<Class<? extends BusMessage>>map(type -> type.asSubclass(BusMessage.class))
                        .toList();
    }
}

package dev.xcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
    private static final JavaClasses DAEMON = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.xcs");
    private static final JavaClasses PLANTED = new ClassFileImporter().importPackages("dev.xcs.planted");

    private static final Map<String, ArchRule> RULES = new Architecture("dev.xcs").rules();
    private static final Map<String, ArchRule> PLANTED_RULES = new Architecture("dev.xcs.planted").rules();

    /** Who breaks which rule under dev.xcs.planted. */
    private static final Map<String, String> CULPRITS = Map.ofEntries(
            Map.entry("packagesHaveNoCycles", "planted.cyclic.a.Hen"),
            Map.entry("packagesUseOnlyWhatTheTableAllows", "planted.model.ValueThatTalks"),
            Map.entry("everyPackageIsInTheTable", "planted.cyclic.a.Hen"),
            Map.entry("verticlePackagesDoNotKnowEachOther", "planted.console.NosyConsole"),
            Map.entry("onlyTheRootDeploys", "planted.domain.Deployer"),
            Map.entry("onlyTheRootChoosesAHypervisor", "planted.gateway.Chooser"),
            Map.entry("onlyTheGatewaySeesHypervisorPorts", "planted.console.NosyConsole"),
            Map.entry("valuesPortsAndWireArePlainJava", "planted.model.ValueThatTalks"),
            Map.entry("onlyTheXenAdapterSeesJna", "planted.domain.PointerHolder"),
            Map.entry("onlyApiAndMetricsServeHttp", "planted.domain.PointerHolder"),
            Map.entry("nobodyUsesVertxInternals", "planted.domain.PointerHolder"),
            Map.entry("messagesAreRecordsInMessage", "planted.api.LooseMessage"),
            Map.entry("onlyBusTouchesTheEventBus", "planted.api.Shouter"),
            Map.entry("verticlesAreFinalAndOnVerticleBase", "planted.evtchn.OpenVerticle"),
            Map.entry("nobodyWritesToStandardStreams", "planted.api.Shouter"),
            Map.entry("nobodyThrowsGenericExceptions", "planted.api.Shouter"),
            Map.entry("staticFieldsAreFinal", "planted.metrics.StringUtil"),
            Map.entry("nothingSleeps", "planted.metrics.StringUtil"),
            Map.entry("onlyTheRootAwaitsFutures", "planted.metrics.StringUtil"),
            Map.entry("everyPackageIsNullMarked", "dev.xcs.planted.api"),
            Map.entry("namesSayWhatThingsAre", "planted.metrics.StringUtil"));

    static Stream<String> names() {
        return RULES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isKeptByTheDaemon(String name) {
        RULES.get(name).allowEmptyShould(true).check(DAEMON);
    }

    @ParameterizedTest
    @MethodSource("names")
    void canBeBroken(String name) {
        EvaluationResult result = PLANTED_RULES.get(name).evaluate(PLANTED);

        assertThat(result.getFailureReport().getDetails()).anyMatch(detail -> detail.contains(CULPRITS.get(name)));
    }

    @Test
    void seesTheWholeDaemon() {
        assertThat(DAEMON.size()).isGreaterThan(80);
        assertThat(DAEMON.stream().map(Object::toString)).noneMatch(name -> name.contains("planted"));
    }
}

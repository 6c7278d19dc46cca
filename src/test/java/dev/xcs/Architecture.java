package dev.xcs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The rules that the code keeps, for any root package: for the daemon's, and for the planted violations that prove that each rule
 * can fail.
 */
final class Architecture {
    private static final Set<String> VERTICLES =
            Set.of("evtchn", "control", "domain", "block", "network", "devicemodel", "console", "metrics", "api");
    private static final Set<String> OF_VERTICLES = Set.of("bus", "message", "model", "config", "xenstore", "journal");

    /** What each package may use of ours. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("model", Set.of()),
            Map.entry("bus", Set.of("model")),
            Map.entry("message", Set.of("bus", "model")),
            Map.entry("config", Set.of("model")),
            Map.entry("xlcfg", Set.of("model")),
            Map.entry("image", Set.of("model")),
            Map.entry("platform", Set.of("model")),
            Map.entry("hypervisor", Set.of("model")),
            Map.entry(
                    "hypervisor.xen",
                    Set.of("hypervisor", "hypervisor.netbsd", "platform", "image", "model", "config")),
            Map.entry("hypervisor.netbsd", Set.of("hypervisor", "platform", "model")),
            Map.entry(
                    "hypervisor.sim",
                    Set.of("hypervisor", "hypervisor.netbsd", "xenstore.wire", "platform", "image", "model")),
            Map.entry("gateway", Set.of("hypervisor", "journal", "message", "bus", "model")),
            Map.entry("xenstore.wire", Set.of()),
            Map.entry("xenstore", Set.of("xenstore.wire", "model", "config")),
            Map.entry("journal", Set.of("model", "bus")),
            Map.entry("evtchn", OF_VERTICLES),
            Map.entry("control", OF_VERTICLES),
            Map.entry("domain", with(OF_VERTICLES, "image", "platform")),
            Map.entry("device", Set.of("model", "xenstore", "platform")),
            Map.entry("block", with(OF_VERTICLES, "platform", "device")),
            Map.entry("network", with(OF_VERTICLES, "platform", "device")),
            Map.entry("devicemodel", with(OF_VERTICLES, "platform", "device")),
            Map.entry("console", OF_VERTICLES),
            Map.entry("metrics", OF_VERTICLES),
            Map.entry("api", OF_VERTICLES),
            Map.entry("cli", Set.of("model", "xlcfg", "image")));

    private final String root;

    Architecture(String root) {
        this.root = root;
    }

    /** Every rule by its name. */
    Map<String, ArchRule> rules() {
        return Map.ofEntries(
                Map.entry("packagesHaveNoCycles", packagesHaveNoCycles()),
                Map.entry("packagesUseOnlyWhatTheTableAllows", packagesUseOnlyWhatTheTableAllows()),
                Map.entry("everyPackageIsInTheTable", everyPackageIsInTheTable()),
                Map.entry("verticlePackagesDoNotKnowEachOther", verticlePackagesDoNotKnowEachOther()),
                Map.entry("onlyTheRootDeploys", onlyTheRootDeploys()),
                Map.entry("onlyTheRootChoosesAHypervisor", onlyTheRootChoosesAHypervisor()),
                Map.entry("onlyTheGatewaySeesHypervisorPorts", onlyTheGatewaySeesHypervisorPorts()),
                Map.entry("valuesPortsAndWireArePlainJava", valuesPortsAndWireArePlainJava()),
                Map.entry("onlyTheXenAdapterSeesJna", onlyTheXenAdapterSeesJna()),
                Map.entry("onlyApiAndMetricsServeHttp", onlyApiAndMetricsServeHttp()),
                Map.entry("nobodyUsesVertxInternals", nobodyUsesVertxInternals()),
                Map.entry("messagesAreRecordsInMessage", messagesAreRecordsInMessage()),
                Map.entry("onlyBusTouchesTheEventBus", onlyBusTouchesTheEventBus()),
                Map.entry("verticlesAreFinalAndOnVerticleBase", verticlesAreFinalAndOnVerticleBase()),
                Map.entry("nobodyWritesToStandardStreams", nobodyWritesToStandardStreams()),
                Map.entry("nobodyThrowsGenericExceptions", nobodyThrowsGenericExceptions()),
                Map.entry("staticFieldsAreFinal", staticFieldsAreFinal()),
                Map.entry("nothingSleeps", nothingSleeps()),
                Map.entry("onlyTheRootAwaitsFutures", onlyTheRootAwaitsFutures()),
                Map.entry("everyPackageIsNullMarked", everyPackageIsNullMarked()),
                Map.entry("namesSayWhatThingsAre", namesSayWhatThingsAre()));
    }

    private ArchRule packagesHaveNoCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    private ArchRule packagesUseOnlyWhatTheTableAllows() {
        return classes()
                .that()
                .resideInAPackage(root + ".(**)")
                .should(new ArchCondition<>("use what the table allows") {
                    @Override
                    public void check(JavaClass user, ConditionEvents events) {
                        Set<String> allowed = MAY_USE.getOrDefault(part(user), Set.of());
                        user.getDirectDependenciesFromSelf().stream()
                                .filter(use -> isOurs(use.getTargetClass()))
                                .filter(use -> !part(use.getTargetClass()).equals(part(user)))
                                .filter(use -> !allowed.contains(part(use.getTargetClass())))
                                .forEach(use -> events.add(SimpleConditionEvent.violated(use, use.getDescription())));
                    }
                });
    }

    private ArchRule everyPackageIsInTheTable() {
        return classes().that(are(ours())).should(new ArchCondition<>("be in a package of the table") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean known = part(item).isEmpty() || MAY_USE.containsKey(part(item));
                events.add(new SimpleConditionEvent(item, known, item.getName() + " is in no package of the table"));
            }
        });
    }

    private ArchRule verticlePackagesDoNotKnowEachOther() {
        return slices().matching(root + ".(*)..")
                .that(new DescribedPredicate<>("hold a verticle") {
                    @Override
                    public boolean test(com.tngtech.archunit.library.dependencies.Slice slice) {
                        return VERTICLES.contains(slice.getNamePart(1));
                    }
                })
                .should()
                .notDependOnEachOther();
    }

    private ArchRule onlyTheRootDeploys() {
        return noClasses()
                .that(are(notInRoot()))
                .should()
                .callMethodWhere(onOwner(Vertx.class).and(named(Set.of("deployVerticle", "undeploy"))))
                .orShould()
                .callConstructorWhere(new DescribedPredicate<>("a verticle of another package is made") {
                    @Override
                    public boolean test(com.tngtech.archunit.core.domain.JavaConstructorCall call) {
                        // A constructor may call another of its own.
                        boolean delegates = call.getOrigin().isConstructor()
                                && call.getOriginOwner().equals(call.getTargetOwner());
                        return !delegates
                                && call.getTargetOwner().isAssignableTo(VerticleBase.class)
                                && isOurs(call.getTargetOwner());
                    }
                });
    }

    private ArchRule onlyTheRootChoosesAHypervisor() {
        return noClasses()
                .that(are(notInRoot()))
                .and()
                .resideOutsideOfPackages(in("hypervisor.xen"), in("hypervisor.sim"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(in("hypervisor.xen"), in("hypervisor.sim"));
    }

    private ArchRule onlyTheGatewaySeesHypervisorPorts() {
        return noClasses()
                .that(are(notInRoot()))
                .and()
                .resideOutsideOfPackages(in("gateway"), in("hypervisor"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in("hypervisor"));
    }

    private ArchRule valuesPortsAndWireArePlainJava() {
        return classes()
                .that()
                .resideInAnyPackage(root + ".model", root + ".hypervisor", root + ".xenstore.wire")
                .should()
                .onlyDependOnClassesThat(are(resideInAnyPackage(
                        "java..",
                        "org.jspecify.annotations..",
                        "com.fasterxml.jackson.annotation..",
                        root + ".model",
                        root + ".hypervisor",
                        root + ".xenstore.wire")));
    }

    private ArchRule onlyTheXenAdapterSeesJna() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("hypervisor.xen"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.jna..");
    }

    private ArchRule onlyApiAndMetricsServeHttp() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in("api"), in("metrics"))
                .should()
                .dependOnClassesThat(resideInAPackage("io.vertx.ext.web..")
                        .or(resideInAPackage("io.vertx.core.http..").and(simpleNameStarts("HttpServer", "ServerWeb"))));
    }

    private ArchRule nobodyUsesVertxInternals() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..impl..", "io.vertx..internal..");
    }

    private ArchRule messagesAreRecordsInMessage() {
        return classes()
                .that()
                .areAssignableTo(root + ".bus.BusMessage")
                .and(not(simpleName("BusMessage")))
                .should()
                .beRecords()
                .andShould()
                .resideInAPackage(root + ".message");
    }

    private ArchRule onlyBusTouchesTheEventBus() {
        return noClasses().that().resideOutsideOfPackage(in("bus")).should().callMethodWhere(onOwner(EventBus.class));
    }

    private ArchRule verticlesAreFinalAndOnVerticleBase() {
        return classes()
                .that()
                .areAssignableTo(Deployable.class)
                .should()
                .haveModifier(JavaModifier.FINAL)
                .andShould()
                .beAssignableTo(VerticleBase.class);
    }

    private ArchRule nobodyWritesToStandardStreams() {
        return NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
    }

    private ArchRule nobodyThrowsGenericExceptions() {
        return NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
    }

    private ArchRule staticFieldsAreFinal() {
        return fields().that().areStatic().should().beFinal();
    }

    private ArchRule nothingSleeps() {
        return noClasses()
                .should()
                .callMethodWhere(onOwner(Thread.class, TimeUnit.class).and(named(Set.of("sleep"))));
    }

    private ArchRule onlyTheRootAwaitsFutures() {
        return noClasses()
                .that(are(notInRoot()))
                .should()
                .callMethodWhere(onOwner(Future.class).and(named(Set.of("await"))))
                .orShould()
                .callMethodWhere(onOwner(CompletableFuture.class).and(named(Set.of("get", "join"))));
    }

    private ArchRule everyPackageIsNullMarked() {
        return classes().that(are(ours())).should(new ArchCondition<>("be in a @NullMarked package") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(item, marked, item.getPackageName() + " is not @NullMarked"));
            }
        });
    }

    private ArchRule namesSayWhatThingsAre() {
        return noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameStartingWith("Abstract");
    }

    /** The entry of the table that a class belongs to, else its package below the root; empty for the root itself. */
    private String part(JavaClass item) {
        String name = item.getPackageName()
                .substring(Math.min(root.length() + 1, item.getPackageName().length()));
        return MAY_USE.keySet().stream()
                .filter(entry -> name.equals(entry) || name.startsWith(entry + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse(name);
    }

    private boolean isOurs(JavaClass item) {
        return item.getPackageName().equals(root) || item.getPackageName().startsWith(root + ".");
    }

    private DescribedPredicate<JavaClass> ours() {
        return DescribedPredicate.describe("ours", this::isOurs);
    }

    private DescribedPredicate<JavaClass> notInRoot() {
        return DescribedPredicate.describe(
                "outside of the root package", item -> !item.getPackageName().equals(root));
    }

    private String in(String part) {
        return root + "." + part + "..";
    }

    private static DescribedPredicate<JavaAccess<?>> onOwner(Class<?>... owners) {
        return DescribedPredicate.describe(
                "on " + names(List.of(owners)),
                call -> Stream.of(owners)
                        .anyMatch(owner -> call.getTargetOwner().isAssignableTo(owner)));
    }

    private static DescribedPredicate<JavaAccess<?>> named(Set<String> names) {
        return DescribedPredicate.describe("to " + names, call -> names.contains(call.getName()));
    }

    private static DescribedPredicate<JavaClass> simpleNameStarts(String... starts) {
        return DescribedPredicate.describe(
                "named " + String.join(", ", starts),
                item -> Stream.of(starts).anyMatch(start -> item.getSimpleName().startsWith(start)));
    }

    private static String names(Collection<Class<?>> types) {
        return types.stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
    }

    private static Set<String> with(Set<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
    }
}

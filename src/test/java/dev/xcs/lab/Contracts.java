package dev.xcs.lab;

import java.io.PrintStream;
import java.util.Arrays;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs test classes where there is no Maven: in dom0 of the lab. Arguments: class names. Exits 1 when a test failed or none ran; the last
 * line counts them.
 */
public final class Contracts {
    private static final PrintStream OUT = System.out;

    private Contracts() {}

    public static void main(String[] classes) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classes)
                        .map(DiscoverySelectors::selectClass)
                        .toList())
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary, new Told());
        TestExecutionSummary result = summary.getSummary();
        result.getFailures().forEach(failure -> {
            OUT.println(failure.getTestIdentifier().getDisplayName());
            failure.getException().printStackTrace(OUT);
        });
        OUT.printf(
                "Tests run: %d, failed: %d, skipped: %d%n",
                result.getTestsStartedCount(), result.getTotalFailureCount(), result.getTestsSkippedCount());
        System.exit(result.getTotalFailureCount() > 0 || result.getTestsSucceededCount() == 0 ? 1 : 0);
    }

    /** A line for each test as it ends. */
    private static final class Told implements TestExecutionListener {
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
                String why =
                        result.getThrowable().map(t -> ": " + t.getMessage()).orElse("");
                OUT.println(result.getStatus() + " " + test.getDisplayName() + why);
            }
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            OUT.println("SKIPPED " + test.getDisplayName() + ": " + reason);
        }
    }
}

package dev.xcs.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.xcs.bus.Address;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    @Test
    void hasOneAddressForEachMessageThatIsSentAndUsesNoneTwice() {
        List<String> names = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.xcs.message").stream()
                        .map(VocabularyTest::address)
                        .filter(Objects::nonNull)
                        .toList();

        assertThat(names)
                .hasSizeGreaterThan(30)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("xcs(\\.[a-z-]+)+"));
    }

    private static String address(JavaClass message) {
        return Arrays.stream(message.reflect().getFields())
                .filter(field -> field.getName().equals("ADDRESS"))
                .findFirst()
                .map(field -> {
                    try {
                        return ((Address<?, ?>) field.get(null)).name();
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                })
                .orElse(null);
    }
}

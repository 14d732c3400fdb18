package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.engine.Commander;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every case under {@code resources/mql}, in the engine. {@code -Doffshoot.test.cases=lookup} runs the files with that in their names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MqlCasesTest {
    private static final String WANTED = System.getProperty("offshoot.test.cases", "");
    private static final Set<String> FIELDS = Set.of("name", "manual", "cases");
    private static final List<String> KINDS = List.of("plain", "edge", "error");

    private Commander mongo;

    @BeforeAll
    void open(@TempDir Path folder) {
        mongo = Commander.open(folder);
    }

    @AfterAll
    void close() {
        mongo.close();
    }

    @TestFactory
    Stream<DynamicContainer> the_cases_of_every_operator() throws IOException, URISyntaxException {
        URL root = MqlCasesTest.class.getResource("/mql");
        try (Stream<Path> files = Files.walk(Path.of(root.toURI()))) {
            List<Path> wanted = files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> file.getFileName().toString().contains(WANTED))
                    .sorted()
                    .toList();
            assertThat(wanted).isNotEmpty();
            return wanted.stream().map(this::container);
        }
    }

    private DynamicContainer container(Path file) {
        BsonDocument whole = parse(file);
        assertThat(FIELDS).as("fields of %s", file).containsAll(whole.keySet());
        assertThat(whole.getString("manual").getValue())
                .as("the manual's page in %s", file)
                .startsWith("reference/");
        List<MqlCase> cases = whole.getArray("cases").stream()
                .map(value -> new MqlCase(value.asDocument()))
                .toList();
        Stream<DynamicTest> tests =
                cases.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> one.run(mongo, "cases")));
        Stream<DynamicTest> complete = Stream.of(DynamicTest.dynamicTest(
                "has a case of each kind",
                () -> assertThat(cases.stream().map(MqlCase::kind).distinct())
                        .containsExactlyInAnyOrderElementsOf(KINDS)));
        return DynamicContainer.dynamicContainer(
                file.getName(file.getNameCount() - 2) + "/"
                        + whole.getString("name").getValue(),
                Stream.concat(complete, tests));
    }

    private static BsonDocument parse(Path file) {
        try {
            return BsonDocument.parse(Files.readString(file));
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(file + " is not a file of cases: " + e.getMessage(), e);
        }
    }
}

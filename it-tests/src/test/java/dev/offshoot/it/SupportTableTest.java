package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.engine.Commander;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/mql.md} says of every operator of the manual whether it works. What has cases ({@link MqlCasesTest} runs them) works;
 * of anything else the engine is asked, and has to answer an error. {@code -Doffshoot.test.write-docs=true} writes the page anew.
 */
final class SupportTableTest {
    private static final Path PAGE = Path.of("..", "docs", "mql.md");
    private static final String MANUAL = "https://www.mongodb.com/docs/v8.0/";
    private static final Map<String, String> TITLES = titles();

    @Test
    void the_page_says_what_the_engine_does(@TempDir Path folder) throws IOException, URISyntaxException {
        String page = page(folder);
        if (Boolean.getBoolean("offshoot.test.write-docs")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private static String page(Path folder) throws IOException, URISyntaxException {
        Map<String, BsonDocument> cases = cases();
        StringBuilder body = new StringBuilder();
        int works = 0;
        int all = 0;
        try (Commander mongo = Commander.open(folder)) {
            for (Map.Entry<String, List<String>> family : manual().entrySet()) {
                body.append("\n## ")
                        .append(TITLES.get(family.getKey()))
                        .append("\n\n| name | works | cases |\n|---|---|---|\n");
                for (String name : family.getValue()) {
                    BsonDocument file = cases.remove(family.getKey() + " " + name);
                    body.append(file == null ? refused(mongo, family.getKey(), name) : working(name, file));
                    works += file == null ? 0 : 1;
                    all++;
                }
            }
        }
        assertThat(cases.keySet()).as("cases of what is not in manual.txt").isEmpty();
        return "# What of MongoDB's query language works\n\n"
                + "Made by `SupportTableTest` from MongoDB 8.0's manual, the cases in `it-tests/src/test/resources/mql`, which run in every\n"
                + "`mvn verify`, and the engine's own answers. " + works + " of " + all
                + " work; of the others it says what they answer.\n"
                + body;
    }

    private static String working(String name, BsonDocument file) {
        return "| [`" + name + "`](" + MANUAL + file.getString("manual").getValue() + "/) | yes | "
                + file.getArray("cases").size() + " |\n";
    }

    private static String refused(Commander mongo, String family, String name) {
        BsonDocument reply = mongo.reply(family.equals("command") ? "admin" : "probe", probe(family, name));
        BsonDocument error = reply.containsKey("writeErrors")
                ? reply.getArray("writeErrors").get(0).asDocument()
                : reply;
        assertThat(error.containsKey("errmsg"))
                .as("%s %s has no cases, so it is an error: %s", family, name, reply.toJson())
                .isTrue();
        String message =
                error.getString("errmsg").getValue().replace("|", "\\|").replace('\n', ' ');
        return "| `" + name + "` | no: " + error.getNumber("code").intValue() + ", " + message + " | |\n";
    }

    /** A command that uses it, whatever the argument: what is not known is refused before its argument is looked at. */
    private static BsonDocument probe(String family, String name) {
        String key = "'" + name + "'";
        return BsonDocument.parse(
                switch (family) {
                    case "filter" -> "{find: 'c', filter: {a: {" + key + ": 1}}}";
                    case "projection" -> "{find: 'c', projection: {a: {" + key + ": 1}}}";
                    case "update" -> "{update: 'c', updates: [{q: {}, u: {" + key + ": {a: 1}}}]}";
                    case "stage" -> "{aggregate: 'c', pipeline: [{" + key + ": {}}], cursor: {}}";
                    case "accumulator" ->
                        "{aggregate: 'c', pipeline: [{$group: {_id: 1, a: {" + key + ": {}}}}], cursor: {}}";
                    case "window" ->
                        "{aggregate: 'c', pipeline: [{$setWindowFields: {sortBy: {b: 1}, output: {a: {" + key
                                + ": {}}}}}], cursor: {}}";
                    case "expression" -> "{aggregate: 'c', pipeline: [{$set: {a: {" + key + ": {}}}}], cursor: {}}";
                    case "index" -> "{createIndexes: 'c', indexes: [{name: 'i', key: {a: " + key + "}}]}";
                    default -> new BsonDocument(name, new BsonInt32(1)).toJson();
                });
    }

    /** The files of cases by family and name. */
    private static Map<String, BsonDocument> cases() throws IOException, URISyntaxException {
        Map<String, BsonDocument> byName = new TreeMap<>();
        URL root = Objects.requireNonNull(SupportTableTest.class.getResource("/mql"));
        try (Stream<Path> files = Files.walk(Path.of(root.toURI()))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                BsonDocument whole = BsonDocument.parse(Files.readString(file));
                String name = file.getName(file.getNameCount() - 2) + " "
                        + whole.getString("name").getValue();
                assertThat(byName.put(name, whole))
                        .as("a second file of %s", name)
                        .isNull();
            }
        }
        return byName;
    }

    private static Map<String, List<String>> manual() throws IOException, URISyntaxException {
        Map<String, List<String>> families = new LinkedHashMap<>();
        URL file = Objects.requireNonNull(SupportTableTest.class.getResource("/mql/manual.txt"));
        for (String line : Files.readAllLines(Path.of(file.toURI()))) {
            if (!line.startsWith("#")) {
                List<String> words = List.of(line.strip().split(" +", -1));
                families.computeIfAbsent(words.get(0), family -> new ArrayList<>())
                        .addAll(words.subList(1, words.size()));
            }
        }
        return families;
    }

    private static Map<String, String> titles() {
        return Map.ofEntries(
                Map.entry("collation", "Collation"),
                Map.entry("collection", "Kinds of collections"),
                Map.entry("filter", "Filters"),
                Map.entry("projection", "Projection"),
                Map.entry("update", "Updates"),
                Map.entry("stage", "Stages"),
                Map.entry("accumulator", "Accumulators of `$group`"),
                Map.entry("window", "Functions of `$setWindowFields`"),
                Map.entry("expression", "Expressions"),
                Map.entry("command", "Commands"),
                Map.entry("index", "Indexes"));
    }
}

package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.CollationKey;
import com.ibm.icu.text.Collator;
import com.ibm.icu.text.RuleBasedCollator;
import com.ibm.icu.util.ULocale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random documents and queries under random collations against ICU's collator itself: the same is found whatever indexes there are, also
 * after a restart, which builds them anew.
 */
class CollationModelTest {
    private static final String LETTERS = "aAbBéÉeEöoÖñnz -_019ß";
    private static final List<String> OPERATORS = List.of("$eq", "$ne", "$lt", "$lte", "$gt", "$gte", "$in", "$nin");

    @AutoClose
    private final Commander commander;

    CollationModelTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    /** A collation as commands name it, and how it compares. */
    private record Language(String spec, RuleBasedCollator collator) {
        static Language of(String locale, int strength, boolean numeric) {
            RuleBasedCollator collator = (RuleBasedCollator) Collator.getInstance(new ULocale(locale));
            collator.setStrength(strength - 1);
            collator.setNumericCollation(numeric);
            String spec = "{locale: '" + locale + "', strength: " + strength + ", numericOrdering: " + numeric + "}";
            return new Language(spec, collator);
        }

        int compare(BsonValue a, BsonValue b) {
            if (a.isString() && b.isString()) { // by keys: ICU4J 78.1 compares some strings with a sharp s otherwise
                return key(a).compareTo(key(b));
            }
            return a.isString() || b.isString()
                    ? Boolean.compare(a.isString(), b.isString())
                    : Integer.compare(a.asInt32().getValue(), b.asInt32().getValue());
        }

        private CollationKey key(BsonValue text) {
            return collator.getCollationKey(text.asString().getValue());
        }

        /** Whether a document's field, or an element of it, passes a comparison. */
        boolean matches(BsonDocument document, String operator, List<BsonValue> operands) {
            return switch (operator) {
                case "$ne", "$nin" ->
                    operands.stream().noneMatch(operand -> any(document, operand, (a, b) -> compare(a, b) == 0));
                case "$eq", "$in" ->
                    operands.stream().anyMatch(operand -> any(document, operand, (a, b) -> compare(a, b) == 0));
                case "$lt" -> any(document, operands.get(0), (a, b) -> compare(a, b) < 0);
                case "$lte" -> any(document, operands.get(0), (a, b) -> compare(a, b) <= 0);
                case "$gt" -> any(document, operands.get(0), (a, b) -> compare(a, b) > 0);
                default -> any(document, operands.get(0), (a, b) -> compare(a, b) >= 0);
            };
        }

        private static boolean any(BsonDocument document, BsonValue operand, BiPredicate<BsonValue, BsonValue> test) {
            return values(document)
                    .anyMatch(value -> value.isString() == operand.isString() && test.test(value, operand));
        }
    }

    private static Stream<BsonValue> values(BsonDocument document) {
        BsonValue value = Objects.requireNonNull(document.get("a"));
        return value.isArray() ? value.asArray().stream() : Stream.of(value);
    }

    @Test
    void what_is_found_is_what_the_collator_says_with_any_index_and_after_a_restart() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Language> languages = List.of(
                Language.of("en", 2, false),
                Language.of("de", 1, false),
                Language.of("sv", 3, true),
                Language.of("fr", 2, true));
        List<BsonDocument> documents = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            documents.add(new BsonDocument("_id", new BsonInt32(i)).append("a", field(random)));
        }
        Language own = languages.get(random.nextInt(languages.size()));
        commander.run("shop", "{create: 'own', collation: " + own.spec + "}");
        for (String collection : List.of("none", "collated", "plain", "both", "own")) {
            commander.run(
                    "shop",
                    new BsonDocument("insert", new BsonString(collection))
                            .append("documents", new BsonArray(documents)));
        }
        index("plain", "a_1", "");
        index("collated", "a_c", ", collation: " + own.spec);
        index("both", "a_1", "");
        index("both", "a_c", ", collation: " + own.spec);
        index("own", "a_1", "");

        int found = check(seed, random, languages, own, documents);
        commander.restart();
        found += check(seed, random, languages, own, documents);

        assertThat(found).as("documents found, seed %d", seed).isGreaterThan(100);
    }

    private void index(String collection, String name, String options) {
        commander.run(
                "shop",
                "{createIndexes: '" + collection + "', indexes: [{key: {a: 1}, name: '" + name + "'" + options + "}]}");
    }

    private int check(long seed, Random random, List<Language> languages, Language own, List<BsonDocument> documents) {
        int found = 0;
        for (int i = 0; i < 60; i++) {
            Language language = random.nextBoolean() ? own : languages.get(random.nextInt(languages.size()));
            String operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
            List<BsonValue> operands = new ArrayList<>(List.of(scalar(random)));
            boolean list = operator.equals("$in") || operator.equals("$nin");
            if (list) {
                operands.add(scalar(random));
            }
            BsonDocument filter =
                    new BsonDocument("a", new BsonDocument(operator, list ? new BsonArray(operands) : operands.get(0)));
            List<Integer> expected = documents.stream()
                    .filter(document -> language.matches(document, operator, operands))
                    .map(document -> document.getInt32("_id").getValue())
                    .toList();
            for (String collection : List.of("none", "collated", "plain", "both")) {
                assertThat(find(collection, filter, ", collation: " + language.spec))
                        .as("%s in %s under %s, seed %d", filter, collection, language.spec, seed)
                        .isEqualTo(expected);
            }
            assertThat(find("own", filter, language.equals(own) ? "" : ", collation: " + language.spec))
                    .as("%s under the collection's own %s, seed %d", filter, own.spec, seed)
                    .isEqualTo(expected);
            found += expected.size();
            checkOrder(seed, language, documents);
        }
        return found;
    }

    /** The matching documents' ids, whatever the order. */
    private List<Integer> find(String collection, BsonDocument filter, String options) {
        String command =
                "{find: '" + collection + "', filter: " + filter.toJson() + ", batchSize: 1000" + options + "}";
        return commander.list("shop", command).stream()
                .map(document -> document.getInt32("_id").getValue())
                .sorted()
                .toList();
    }

    private void checkOrder(long seed, Language language, List<BsonDocument> documents) {
        TreeSet<BsonValue> distinct = new TreeSet<>(language::compare);
        documents.forEach(document -> values(document).forEach(distinct::add));
        List<BsonValue> firsts = documents.stream()
                .map(document -> values(document).min(language::compare).orElseThrow())
                .sorted(language::compare)
                .toList();
        for (String collection : List.of("none", "collated", "both")) {
            String sorted =
                    "{find: '" + collection + "', sort: {a: 1}, batchSize: 1000, collation: " + language.spec + "}";
            List<BsonValue> smallest = commander.list("shop", sorted).stream()
                    .map(document -> values(document).min(language::compare).orElseThrow())
                    .toList();
            assertThat(smallest)
                    .as("order in %s under %s, seed %d", collection, language.spec, seed)
                    .usingElementComparator(Comparator.comparing(a -> a, language::compare))
                    .isEqualTo(firsts);
            BsonArray values = commander
                    .run("shop", "{distinct: '" + collection + "', key: 'a', collation: " + language.spec + "}")
                    .getArray("values");
            assertThat(values.getValues())
                    .as("values in %s under %s, seed %d", collection, language.spec, seed)
                    .usingElementComparator(Comparator.comparing(a -> a, language::compare))
                    .isEqualTo(new ArrayList<>(distinct));
        }
    }

    private static BsonValue field(Random random) {
        if (random.nextInt(5) > 0) {
            return scalar(random);
        }
        BsonArray array = new BsonArray();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            array.add(scalar(random));
        }
        return array;
    }

    private static BsonValue scalar(Random random) {
        if (random.nextInt(6) == 0) {
            return new BsonInt32(random.nextInt(5));
        }
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(3); n >= 0; n--) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return new BsonString(text.toString());
    }
}

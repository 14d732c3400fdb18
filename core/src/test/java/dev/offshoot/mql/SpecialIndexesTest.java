package dev.offshoot.mql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.text.TextFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes of shapes and texts against the filter itself: whatever matches has an entry within the bounds. */
class SpecialIndexesTest {
    private static final int DOCUMENTS = 300;
    private static final int QUERIES = 60;
    private static final List<String> WORDS =
            List.of("coffee", "coffees", "the", "shop", "shopping", "Café", "big", "bigger", "fish", "fishes", "-");

    private static Doc doc(String json) {
        return FilterSemanticsTest.doc(json);
    }

    private static String degrees(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String point(double x, double y) {
        return "[" + degrees(x) + ", " + degrees(y) + "]";
    }

    private static String point(Random random) {
        return point(random.nextDouble() * 359 - 179.5, random.nextDouble() * 170 - 85);
    }

    private static String box(Random random, double size) {
        double x = random.nextDouble() * (300 - size) - 150;
        double y = random.nextDouble() * (120 - size) - 60;
        return "[[" + point(x, y) + "," + point(x + size, y) + "," + point(x + size, y + size) + ","
                + point(x, y + size) + "," + point(x, y) + "]]";
    }

    private static String shape(Random random) {
        double size = Math.pow(10, random.nextDouble() * 3.5 - 2);
        return switch (random.nextInt(5)) {
            case 0 -> point(random);
            case 1 -> "{type: 'Point', coordinates: " + point(random) + "}";
            case 2 -> {
                double x = random.nextDouble() * 300 - 150;
                double y = random.nextDouble() * 100 - 50;
                yield "{type: 'LineString', coordinates: [" + point(x, y) + "," + point(x + size, y + size) + "]}";
            }
            case 3 -> "{type: 'Polygon', coordinates: " + box(random, size) + "}";
            default -> "{type: 'MultiPoint', coordinates: [" + point(random) + "," + point(random) + "]}";
        };
    }

    private static String sphereQuery(Random random) {
        double size = 1 + random.nextDouble() * 60;
        return switch (random.nextInt(4)) {
            case 0 -> "{loc: {$geoWithin: {$geometry: {type: 'Polygon', coordinates: " + box(random, size) + "}}}}";
            case 1 -> "{loc: {$geoIntersects: {$geometry: {type: 'Polygon', coordinates: " + box(random, size) + "}}}}";
            case 2 -> "{loc: {$geoWithin: {$centerSphere: [" + point(random) + ", " + degrees(size / 90) + "]}}}";
            default ->
                "{loc: {$near: {$geometry: {type: 'Point', coordinates: " + point(random) + "}, $maxDistance: "
                        + degrees(size * 60_000) + "}}}";
        };
    }

    private static String planeQuery(Random random) {
        double size = random.nextDouble() * 100;
        double x = random.nextDouble() * 300 - 150;
        double y = random.nextDouble() * 150 - 100;
        return switch (random.nextInt(3)) {
            case 0 -> "{loc: {$geoWithin: {$box: [" + point(x, y) + "," + point(x + size, y + size) + "]}}}";
            case 1 -> "{loc: {$geoWithin: {$center: [" + point(x, y) + "," + degrees(size) + "]}}}";
            default ->
                "{loc: {$geoWithin: {$polygon: [" + point(x, y) + "," + point(x + size, y) + "," + point(x, y + size)
                        + "]}}}";
        };
    }

    private static String words(Random random, int most) {
        return Stream.generate(() -> WORDS.get(random.nextInt(WORDS.size())))
                .limit(random.nextInt(most) + 1L)
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void what_is_on_the_earth_is_within_the_cells_of_a_query(long seed) {
        Random random = new Random(seed);
        IndexKeys index = IndexKeys.compile(doc("{loc: '2dsphere'}"));
        check(
                seed,
                index,
                documents(random, SpecialIndexesTest::shape),
                filters(random, SpecialIndexesTest::sphereQuery));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void what_is_on_the_plane_is_within_the_cells_of_a_query(long seed) {
        Random random = new Random(seed);
        IndexKeys index = IndexKeys.compile(doc("{loc: '2d'}"), doc("{bits: " + (1 + random.nextInt(32)) + "}"));
        check(
                seed,
                index,
                documents(random, SpecialIndexesTest::point),
                filters(random, SpecialIndexesTest::planeQuery));
    }

    private static List<Doc> documents(Random random, Function<Random, String> shape) {
        return Stream.generate(() -> doc("{loc: " + shape.apply(random) + "}"))
                .limit(DOCUMENTS)
                .toList();
    }

    private static List<Filter> filters(Random random, Function<Random, String> query) {
        return Stream.generate(() -> Filter.compileQuery(doc(query.apply(random)), CompileContext.NONE))
                .limit(QUERIES)
                .toList();
    }

    private static void check(long seed, IndexKeys index, List<Doc> documents, List<Filter> filters) {
        int matched = 0;
        int left = 0;
        for (Filter filter : filters) {
            List<IndexBounds> bounds = Conditions.of(filter).boundsOf(index, ArrayPaths.NONE);
            assertThat(bounds).as("seed %s: %s", seed, filter).hasSize(1);
            for (Doc document : documents) {
                boolean found = isWithin(index.keys(document).keys(), bounds.get(0));
                if (filter.matches(document)) {
                    matched++;
                    assertThat(found)
                            .as("seed %s: %s in %s", seed, document, filter)
                            .isTrue();
                }
                left += found ? 0 : 1;
            }
        }
        assertThat(matched).as("seed %s: how many match", seed).isGreaterThan(QUERIES);
        assertThat(left).as("seed %s: how many the index spares", seed).isGreaterThan(QUERIES * DOCUMENTS / 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_text_that_matches_has_a_term_of_the_search(long seed) {
        Random random = new Random(seed);
        Doc spec = SpecialIndexes.complete(doc("{key: {k: 1, a: 'text', b: 'text'}, weights: {b: 5}}"));
        IndexKeys index = IndexKeys.compile(requireNonNull(spec.get("key")).asDoc(), spec);
        TextFields texts = requireNonNull(index.texts());
        int matched = 0;
        for (int i = 0; i < QUERIES; i++) {
            String search = words(random, 3);
            Filter filter = Filter.compileQuery(
                            doc("{k: 1, $text: {$search: '" + search + "', $caseSensitive: " + random.nextBoolean()
                                    + "}}"),
                            CompileContext.NONE)
                    .on(texts);
            IndexBounds bounds =
                    requireNonNull(Conditions.of(filter).textBounds(index, requireNonNull(filter.textSearch())));
            for (int d = 0; d < 50; d++) {
                Doc document = doc("{k: 1, a: '" + words(random, 4) + "', b: ['" + words(random, 2) + "']}");
                if (filter.matches(document)) {
                    matched++;
                    assertThat(isWithin(index.keys(document).keys(), bounds))
                            .as("seed %s: %s in %s", seed, document, filter)
                            .isTrue();
                    assertThat(requireNonNull(filter.textSearch()).score(document))
                            .as("seed %s: score of %s for %s", seed, document, filter)
                            .isPositive();
                }
            }
        }
        assertThat(matched).as("seed %s: how many match", seed).isGreaterThan(QUERIES);
    }

    private static boolean isWithin(List<byte[]> keys, IndexBounds bounds) {
        List<byte[]> found = new ArrayList<>();
        for (KeyRange range : bounds.walk().ranges()) {
            byte[] to = range.to();
            for (byte[] key : keys) {
                if (Arrays.compareUnsigned(key, range.from()) >= 0
                        && (to == null || Arrays.compareUnsigned(key, to) < 0)) {
                    found.add(key);
                }
            }
        }
        return !found.isEmpty();
    }
}

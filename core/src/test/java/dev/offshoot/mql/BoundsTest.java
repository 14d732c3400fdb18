package dev.offshoot.mql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.KeyWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundsTest {
    private static List<IndexBounds> bounds(String filter, IndexKeys index, ArrayPaths arrays) {
        return Conditions.of(Filter.compile(FilterSemanticsTest.doc(filter))).boundsOf(index, arrays);
    }

    private static IndexKeys index(String pattern) {
        return IndexKeys.compile(FilterSemanticsTest.doc(pattern));
    }

    /** The bounds as {@code explain} shows them. */
    private static String text(List<IndexBounds> bounds) {
        assertThat(bounds).hasSize(1);
        return bounds.get(0).toDoc(false, Collation.SIMPLE).toString();
    }

    private static String intervals(String filter, ArrayPaths arrays) {
        Doc shown = bounds(filter, index("{a: 1}"), arrays).get(0).toDoc(false, Collation.SIMPLE);
        List<String> all = new ArrayList<>();
        requireNonNull(shown.get("a"))
                .asDoc()
                .forEach(field -> all.add(field.value().asString()));
        return String.join(" ", all);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: 1}                          | [1, 1]",
                "{a: 1.5}                        | [1.5, 1.5]",
                "{a: {$gt: 1}}                   | (1, inf]",
                "{a: {$lte: 'x'}}                | [\"\", \"x\"]",
                "{a: {$gte: 'x'}}                | [\"x\", {})",
                "{a: {$gt: 1, $lt: 5}}           | (1, 5)",
                "{$and: [{a: {$gte: 1}}, {a: {$gte: 3}}]} | [3, inf]",
                "{a: {$in: [3, 1, 1.0]}}         | [1, 1] [3, 3]",
                "{a: {$in: [3, 1, 5], $gt: 2}}   | [3, 3] [5, 5]",
                "{a: {$gt: 'x', $lt: 5}}         | ''",
                "{a: {$gt: NaN}}                 | ''",
                "{a: {$gt: 5, $lt: 5}}           | ''",
                "{a: 1, b: 2}                    | [1, 1]",
                "{a: null}                       | [undefined, undefined] [null, null]",
                "{a: {$in: [1, null]}}           | [undefined, undefined] [null, null] [1, 1]",
                "{a: {$exists: false}}           | [undefined, undefined] [null, null]",
                "{a: {$exists: true}}            | [MinKey, MaxKey]",
                "{a: {$ne: 1}}                   | [MinKey, 1) (1, MaxKey]",
                "{a: {$nin: [1, 2]}}             | [MinKey, 1) (1, 2) (2, MaxKey]",
                "{a: {$not: {$gt: 1}}}           | [MinKey, 1] (inf, MaxKey]",
                "{a: {$elemMatch: {$gt: 1, $lt: 5}}} | (1, 5)",
                "{a: /b/}                        | [\"\", {}) [/b/, /b/]",
                "{a: /^b/i}                      | [\"\", {}) [/^b/i, /^b/i]",
                "{a: {$gt: true}}                | ''",
                "{a: {$lt: {$date: {$numberLong: '5'}}}} | [new Date(-9223372036854775808), new Date(5))",
            })
    void intervals_are_those_of_the_filter(String filter, String expected) {
        assertThat(intervals(filter, ArrayPaths.NONE)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{b: 1}",
                "{$or: [{a: 1}, {a: 2}]}",
                "{a: {$elemMatch: {b: 1}}}",
                "{a: {$gte: null}}",
                "{a: {$gt: {$minKey: 1}}}",
                "{a: {$ne: [1]}}",
                "{a: {$not: /b/}}",
                "{a: {$size: 1}}",
                "{'a.b': 1}",
            })
    void no_bounds_are_given_where_an_index_does_not_show_them(String filter) {
        assertThat(bounds(filter, index("{a: 1}"), ArrayPaths.NONE)).isEmpty();
    }

    @Test
    void one_condition_is_used_where_a_field_may_have_several_values() {
        ArrayPaths arrays = ArrayPaths.of(new long[] {1});
        assertThat(intervals("{a: {$gt: 1, $lt: 5}}", arrays)).isEqualTo("(1, inf]");
        assertThat(intervals("{a: {$elemMatch: {$gt: 1, $lt: 5}}}", arrays)).isEqualTo("(1, 5)");
        assertThat(bounds("{'b.0': 1}", index("{'b.0': 1}"), ArrayPaths.NONE)).hasSize(1);
        assertThat(bounds("{'b.0': 1}", index("{'b.0': 1}"), arrays)).isEmpty();
    }

    @Test
    void an_elemMatch_bounds_two_fields_of_the_array_it_is_about() {
        IndexKeys index = index("{'a.b': 1, 'a.c': 1}");
        ArrayPaths arrays = ArrayPaths.of(new long[] {1, 1});
        assertThat(text(bounds("{a: {$elemMatch: {b: 1, c: {$gt: 2}}}}", index, arrays)))
                .isEqualTo("{\"a.b\": [\"[1, 1]\"], \"a.c\": [\"(2, inf]\"]}");
        assertThat(text(bounds("{'a.b': 1, 'a.c': {$gt: 2}}", index, arrays)))
                .isEqualTo("{\"a.b\": [\"[1, 1]\"], \"a.c\": [\"[MinKey, MaxKey]\"]}");
        ArrayPaths below = ArrayPaths.of(new long[] {1, 3});
        assertThat(text(bounds("{a: {$elemMatch: {b: 1, c: {$gt: 2, $lt: 4}}}}", index, below)))
                .isEqualTo("{\"a.b\": [\"[1, 1]\"], \"a.c\": [\"(2, inf]\"]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/^abc/    ; [\"abc\", \"abd\")",
                "/^ab*/    ; [\"a\", \"b\")",
                "{$regex: '^a[.]b'}; [\"a\", \"b\")",
                "{$regex: '^a\\\\.b'}; [\"a.b\", \"a.c\")",
                "/^ab|c/   ; ",
                "/^(ab)/   ; ",
                "/ab/      ; ",
            })
    void a_literal_prefix_bounds_a_regular_expression(String regex, String expected) {
        String shown = intervals("{a: " + regex + "}", ArrayPaths.NONE);
        assertThat(shown).startsWith(expected == null ? "[\"\", {})" : expected);
    }

    @Test
    void every_matching_document_has_an_entry_within_the_ranges() {
        int[] counts = new int[3];
        for (long seed = 0; seed < 6000; seed++) {
            Random chance = new Random(seed);
            RandomQueries random = new RandomQueries(chance);
            IndexKeys index = IndexKeys.compile(pattern(chance));
            List<Doc> docs = new ArrayList<>();
            List<IndexKeys.Keys> entries = new ArrayList<>();
            int depth = chance.nextInt(4);
            while (docs.size() < 12) {
                Doc doc = SlowMatcher.encode(random.document(depth));
                try {
                    entries.add(index.keys(doc));
                    docs.add(doc);
                } catch (CommandException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.CANNOT_INDEX_PARALLEL_ARRAYS);
                }
            }
            ArrayPaths arrays = ArrayPaths.NONE;
            for (IndexKeys.Keys keys : entries) {
                arrays = arrays.union(keys.arrays());
            }
            Filter filter = Filter.compile(
                    SlowMatcher.encode(chance.nextInt(4) == 0 ? random.filter(1) : random.indexable(index.paths())));
            checkSound(index, docs, entries, filter, arrays, counts, seed);
        }
        assertThat(counts[0]).as("documents found by index").isGreaterThan(1000);
        assertThat(counts[1]).as("documents kept out by index").isGreaterThan(1000);
        assertThat(counts[2]).as("of those with arrays about").isGreaterThan(300);
    }

    private static Doc pattern(Random chance) {
        DocBuilder pattern = new DocBuilder();
        List<String> paths = new ArrayList<>(RandomQueries.PATHS.subList(0, 7));
        for (int n = 1 + chance.nextInt(3); n > 0; n--) {
            pattern.append(paths.remove(chance.nextInt(paths.size())), chance.nextBoolean() ? 1 : -1);
        }
        return pattern.buildDoc();
    }

    private static void checkSound(
            IndexKeys index,
            List<Doc> docs,
            List<IndexKeys.Keys> entries,
            Filter filter,
            ArrayPaths arrays,
            int[] counts,
            long seed) {
        List<IndexBounds> bounds = Conditions.of(filter).boundsOf(index, arrays);
        if (bounds.isEmpty()) {
            return;
        }
        List<KeyRange> ranges = bounds.get(0).walk().ranges();
        assertSorted(ranges, seed);
        for (int i = 0; i < docs.size(); i++) {
            boolean within = entries.get(i).keys().stream().anyMatch(key -> isWithin(key, ranges));
            boolean matches = filter.matches(docs.get(i));
            counts[0] += matches ? 1 : 0;
            counts[1] += within ? 0 : 1;
            counts[2] += matches && arrays.isAny() ? 1 : 0;
            assertThat(within || !matches)
                    .as("%s for %s on %s, seed %s", index.pattern(), filter, docs.get(i), seed)
                    .isTrue();
        }
    }

    private static void assertSorted(List<KeyRange> ranges, long seed) {
        for (int i = 1; i < ranges.size(); i++) {
            byte[] end = ranges.get(i - 1).to();
            assertThat(end != null && Arrays.compareUnsigned(end, ranges.get(i).from()) <= 0)
                    .as("ranges are sorted and disjoint, seed %s", seed)
                    .isTrue();
        }
    }

    /** Whether an entry is in a range with any record id behind it. */
    private static boolean isWithin(byte[] key, List<KeyRange> ranges) {
        byte[] low = new KeyWriter().appendRaw(key).appendRaw(new byte[8]).toBytes();
        byte[] high = low.clone();
        Arrays.fill(high, key.length, high.length, (byte) 0xFF);
        boolean lowIn = ranges.stream().anyMatch(range -> isWithin(low, range));
        assertThat(ranges.stream().anyMatch(range -> isWithin(high, range)))
                .as("record ids do not matter")
                .isEqualTo(lowIn);
        return lowIn;
    }

    private static boolean isWithin(byte[] entry, KeyRange range) {
        byte[] to = range.to();
        return Arrays.compareUnsigned(entry, range.from()) >= 0
                && (to == null || Arrays.compareUnsigned(entry, to) < 0);
    }
}

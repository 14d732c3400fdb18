package dev.offshoot.mql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.KeyWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundsTest {
    private static String text(List<Interval> intervals) {
        return intervals.stream()
                .map(i -> (i.loInclusive() ? "[" : "(") + i.lo() + ", " + i.hi() + (i.hiInclusive() ? "]" : ")"))
                .collect(Collectors.joining(" "))
                .replace("{\"$numberDouble\": \"Infinity\"}", "inf");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: 1}                          | [1, 1]",
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
            })
    void intervals_are_those_of_the_filter(String filter, String expected) {
        List<Interval> bounds = Filter.compile(FilterSemanticsTest.doc(filter)).bounds("a", false);
        assertThat(text(requireNonNull(bounds))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}",
                "{b: 1}",
                "{a: null}",
                "{a: {$in: [1, null]}}",
                "{a: {$exists: false}}",
                "{a: {$ne: 1}}",
                "{a: {$nin: [1]}}",
                "{a: {$not: {$gt: 1}}}",
                "{$or: [{a: 1}, {a: 2}]}",
                "{a: {$elemMatch: {b: 1}}}",
                "{a: {$gte: null}}",
                "{a: {$gt: {$minKey: 1}}}",
                "{a: /b/}",
                "{a: /^b/i}",
                "{'a.b': 1}",
            })
    void no_bounds_are_given_where_an_index_does_not_show_them(String filter) {
        assertThat(Filter.compile(FilterSemanticsTest.doc(filter)).bounds("a", false))
                .isNull();
    }

    @Test
    void one_condition_is_used_where_a_field_may_have_several_values() {
        Filter filter = Filter.compile(FilterSemanticsTest.doc("{a: {$gt: 1, $lt: 5}, 'b.0': 1}"));
        assertThat(filter.bounds("a", true)).hasSize(1);
        assertThat(filter.bounds("b.0", false)).hasSize(1);
        assertThat(filter.bounds("b.0", true)).isNull();
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
        List<Interval> bounds =
                Filter.compile(FilterSemanticsTest.doc("{a: " + regex + "}")).bounds("a", true);
        if (expected == null) {
            assertThat(bounds).isNull();
        } else {
            assertThat(text(requireNonNull(bounds).subList(0, 1))).isEqualTo(expected);
        }
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
            boolean multikey = entries.stream().anyMatch(IndexKeys.Keys::multikey);
            Filter filter = Filter.compile(
                    SlowMatcher.encode(chance.nextInt(4) == 0 ? random.filter(1) : random.indexable(index.paths())));
            checkSound(index, docs, entries, filter, multikey, counts, seed);
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
            boolean multikey,
            int[] counts,
            long seed) {
        List<KeyRange> ranges = index.ranges(filter, multikey);
        if (ranges == null) {
            return;
        }
        assertSorted(ranges, seed);
        for (int i = 0; i < docs.size(); i++) {
            boolean within = entries.get(i).keys().stream().anyMatch(key -> isWithin(key, ranges));
            boolean matches = filter.matches(docs.get(i));
            counts[0] += matches ? 1 : 0;
            counts[1] += within ? 0 : 1;
            counts[2] += matches && multikey ? 1 : 0;
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

    @Test
    void intervals_are_sorted_and_disjoint() {
        int several = 0;
        for (long seed = 0; seed < 5000; seed++) {
            Random chance = new Random(seed);
            Filter filter = Filter.compile(SlowMatcher.encode(new RandomQueries(chance).filter(1)));
            List<Interval> bounds = filter.bounds("a", chance.nextBoolean());
            for (int i = 1; bounds != null && i < bounds.size(); i++) {
                assertThat(BsonOrder.compare(
                                bounds.get(i - 1).hi(), bounds.get(i).lo()))
                        .as("seed %s", seed)
                        .isLessThanOrEqualTo(0);
                several++;
            }
        }
        assertThat(several).isGreaterThan(100);
    }
}

package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Stages that hold documents, in little memory and in enough, against plain Java. */
class BlockingModelTest {
    private static final int SEEDS = 60;
    private static final long LITTLE = 2_000;

    /** A document as the model knows it; {@code v} null is a missing field. */
    private record Row(int i, int p, int t, @Nullable Integer v) {
        static Row random(int i, Random random) {
            int v = random.nextInt(20);
            return new Row(i, random.nextInt(5), random.nextInt(1000), v == 0 ? null : v);
        }

        Doc doc() {
            DocBuilder out = new DocBuilder().append("_id", i).append("p", p).append("t", t);
            return (v == null ? out : out.append("v", (int) v)).buildDoc();
        }
    }

    private static List<Row> rows(Random random) {
        List<Row> rows = new ArrayList<>();
        int count = random.nextInt(200);
        for (int i = 0; i < count; i++) {
            rows.add(Row.random(i, random));
        }
        return rows;
    }

    private static List<Doc> run(String pipeline, List<Row> rows, PipelineContext context) {
        List<Doc> results = new ArrayList<>();
        Iterator<Doc> input = rows.stream().map(Row::doc).iterator();
        Pipeline.compile(Json.value(pipeline).asDoc()).run(input, context).forEachRemaining(results::add);
        return results;
    }

    private static PipelineContext little(MemorySpill spill) {
        return little(spill, LITTLE);
    }

    private static PipelineContext little(MemorySpill spill, long bytes) {
        return new PipelineContext(0, new Random(1), bytes).withSpill(spill);
    }

    private static int number(Doc doc, String field) {
        return (int) Objects.requireNonNull(doc.get(field)).toLong();
    }

    private static List<Integer> numbers(Doc doc, String field) {
        return BsonArrays.elements(Objects.requireNonNull(doc.get(field))).stream()
                .map(value -> (int) value.toLong())
                .toList();
    }

    @Test
    void a_sort_that_spills_sorts_and_keeps_the_order_of_equals() {
        long spilled = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Row> rows = rows(random);
            int limit = 1 + random.nextInt(250);
            List<Integer> expected = rows.stream()
                    .sorted(Comparator.comparingInt(Row::p)
                            .thenComparing(Comparator.comparingInt((Row row) -> row.v == null ? 0 : row.v)
                                    .reversed()))
                    .map(Row::i)
                    .limit(limit)
                    .toList();
            MemorySpill spill = new MemorySpill();
            List<Doc> sorted = run("[{$sort: {p: 1, v: -1}}, {$limit: " + limit + "}]", rows, little(spill));
            assertThat(sorted.stream().map(doc -> number(doc, "_id")).toList())
                    .as("seed %d, limit %d", seed, limit)
                    .isEqualTo(expected);
            spilled += spill.written;
        }
        assertThat(spilled).isGreaterThan(1000);
    }

    @Test
    void a_group_that_spills_gives_what_one_in_memory_gives() {
        long spilled = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Row> rows = rows(random);
            String key = random.nextBoolean() ? "p" : "t";
            ToIntFunction<Row> keyOf = key.equals("p") ? Row::p : Row::t;
            Map<Integer, List<Row>> model = new TreeMap<>();
            rows.forEach(row -> model.computeIfAbsent(keyOf.applyAsInt(row), k -> new ArrayList<>())
                    .add(row));
            String pipeline = "[{$group: {_id: '$" + key + "', sum: {$sum: '$v'}, all: {$push: '$v'}, n: {$count: {}},"
                    + " max: {$max: '$v'}, set: {$addToSet: '$v'}, first: {$first: '$_id'}, last: {$last: '$_id'},"
                    + " least: {$minN: {n: 2, input: '$v'}}}}, {$sort: {_id: 1}}]";
            MemorySpill spill = new MemorySpill();
            for (PipelineContext context : List.of(Json.context(), little(spill, 3 * LITTLE))) {
                assertGroups("seed " + seed, run(pipeline, rows, context), model);
            }
            spilled += spill.written;
            assertThat(spill.held).as("runs left behind, seed %d", seed).isZero();
        }
        assertThat(spilled).isGreaterThan(1000);
    }

    private static void assertGroups(String what, List<Doc> results, Map<Integer, List<Row>> model) {
        assertThat(results.stream().map(doc -> number(doc, "_id")).toList())
                .as(what)
                .containsExactlyElementsOf(model.keySet());
        for (Doc result : results) {
            List<Row> group = Objects.requireNonNull(model.get(number(result, "_id")));
            List<Integer> values =
                    group.stream().map(Row::v).filter(Objects::nonNull).toList();
            assertThat(number(result, "sum"))
                    .as(what)
                    .isEqualTo(values.stream().mapToInt(v -> v).sum());
            assertThat(numbers(result, "all")).as(what).isEqualTo(values);
            assertThat(number(result, "n")).as(what).isEqualTo(group.size());
            assertThat(numbers(result, "set")).as(what).containsExactlyInAnyOrderElementsOf(new TreeSet<>(values));
            assertThat(number(result, "first")).as(what).isEqualTo(group.get(0).i);
            assertThat(number(result, "last")).as(what).isEqualTo(group.get(group.size() - 1).i);
            assertThat(numbers(result, "least"))
                    .as(what)
                    .isEqualTo(values.stream().sorted().limit(2).toList());
            Value max = Objects.requireNonNull(result.get("max"));
            assertThat(Operands.isNullish(max) ? -1 : max.toLong())
                    .as(what)
                    .isEqualTo(values.stream().mapToInt(v -> v).max().orElse(-1));
        }
    }

    @Test
    void windows_hold_what_a_search_for_their_documents_finds() {
        int checked = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Row> rows = rows(random);
            int lower = random.nextInt(7) - 4;
            int upper = lower + random.nextInt(5);
            int width = random.nextInt(200);
            String window = ", window: {documents: [" + lower + ", " + upper + "]}}";
            String pipeline = "[{$setWindowFields: {partitionBy: '$p', sortBy: {t: 1}, output: {"
                    + "all: {$push: '$_id'" + window + ", sum: {$sum: '$v'" + window + ", min: {$minN: {n: 1, input:"
                    + " '$v'}" + window + ", near: {$push: '$_id', window: {range: [-" + width + ", " + width + "]}},"
                    + " upTo: {$sum: '$v', window: {documents: ['unbounded', 'current']}},"
                    + " rank: {$rank: {}}, dense: {$denseRank: {}}, number: {$documentNumber: {}},"
                    + " next: {$shift: {output: '$_id', by: 1, default: -1}}}}}]";
            PipelineContext context = new PipelineContext(0, new Random(1), 50_000).withSpill(new MemorySpill());
            List<Doc> results = run(pipeline, rows, context);
            List<Row> sorted = rows.stream()
                    .sorted(Comparator.comparingInt(Row::p).thenComparingInt(Row::t))
                    .toList();
            assertThat(results).hasSize(sorted.size());
            for (int i = 0; i < sorted.size(); i++) {
                Row row = sorted.get(i);
                List<Row> partition =
                        sorted.stream().filter(other -> other.p == row.p).toList();
                assertWindows("seed " + seed + ", document " + i, results.get(i), row, partition, lower, upper, width);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(1000);
    }

    private static void assertWindows(
            String what, Doc result, Row row, List<Row> partition, int lower, int upper, int width) {
        int at = partition.indexOf(row);
        List<Row> window = partition.subList(clamp(at + lower, partition), clamp(at + upper + 1, partition));
        List<Integer> values = values(window);
        assertThat(number(result, "_id")).as(what).isEqualTo(row.i);
        assertThat(numbers(result, "all"))
                .as(what)
                .isEqualTo(window.stream().map(Row::i).toList());
        assertThat(number(result, "sum")).as(what).isEqualTo(sum(values));
        assertThat(numbers(result, "min"))
                .as(what)
                .isEqualTo(values.stream().sorted().limit(1).toList());
        assertThat(numbers(result, "near"))
                .as(what)
                .isEqualTo(partition.stream()
                        .filter(other -> Math.abs(other.t - row.t) <= width)
                        .map(Row::i)
                        .toList());
        assertThat(number(result, "upTo")).as(what).isEqualTo(sum(values(partition.subList(0, at + 1))));
        long before = partition.stream().filter(other -> other.t < row.t).count();
        long different = partition.stream()
                .filter(other -> other.t < row.t)
                .map(Row::t)
                .distinct()
                .count();
        assertThat(number(result, "rank")).as(what).isEqualTo((int) before + 1);
        assertThat(number(result, "dense")).as(what).isEqualTo((int) different + 1);
        assertThat(number(result, "number")).as(what).isEqualTo(at + 1);
        assertThat(number(result, "next")).as(what).isEqualTo(at + 1 < partition.size() ? partition.get(at + 1).i : -1);
    }

    private static int clamp(int place, Collection<Row> partition) {
        return Math.max(0, Math.min(place, partition.size()));
    }

    private static List<Integer> values(List<Row> rows) {
        return rows.stream().map(Row::v).filter(Objects::nonNull).toList();
    }

    private static int sum(List<Integer> values) {
        return values.stream().mapToInt(v -> v).sum();
    }

    @Test
    void a_facet_gives_each_pipeline_all_documents_though_they_spill() {
        Random random = new Random(5);
        List<Row> rows = rows(random);
        MemorySpill spill = new MemorySpill();
        List<Doc> results = run(
                "[{$facet: {n: [{$count: 'n'}], sum: [{$group: {_id: 0, s: {$sum: '$t'}}}]}}]", rows, little(spill));
        assertThat(spill.written).isPositive();
        assertThat(results)
                .isEqualTo(Json.docs("[{n: [{n: " + rows.size() + "}], sum: [{_id: 0, s: "
                        + rows.stream().mapToInt(Row::t).sum() + "}]}]"));
    }

    @Test
    void many_numbers_have_percentiles_close_to_the_exact_ones() {
        Random random = new Random(11);
        TDigest digest = new TDigest();
        double[] all = random.doubles(100_000).toArray();
        for (double number : all) {
            digest.add(number);
        }
        Arrays.sort(all);
        for (double p : new double[] {0, 0.001, 0.1, 0.5, 0.9, 0.999, 1}) {
            double exact = all[(int) TDigest.rank(all.length, p)];
            assertThat(digest.percentile(p)).as("p %s", p).isCloseTo(exact, within(0.001));
        }
    }

    @Test
    void few_numbers_have_percentiles_of_their_own() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            double[] all = random.doubles(1 + random.nextInt(300)).toArray();
            TDigest digest = new TDigest();
            for (double number : all) {
                digest.add(number);
            }
            Arrays.sort(all);
            double p = random.nextDouble();
            assertThat(digest.percentile(p)).as("seed %d", seed).isEqualTo(all[(int) TDigest.rank(all.length, p)]);
        }
    }
}

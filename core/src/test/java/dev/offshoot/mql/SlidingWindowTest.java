package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows that leave documents behind: the same as accumulating each window by itself, in less time. */
class SlidingWindowTest {
    private static final List<String> OPERATORS = List.of("$sum", "$avg", "$min", "$max", "$push", "$stdDevPop");

    private static List<Doc> run(String pipeline, List<Doc> input) {
        List<Doc> results = new ArrayList<>();
        Pipeline.compile(Json.value(pipeline).asDoc())
                .run(input.iterator(), Json.context())
                .forEachRemaining(results::add);
        return results;
    }

    /** A value for {@code v}; null for none. */
    private static void append(DocBuilder doc, int kinds, Random random) {
        int n = random.nextInt(7) - 3;
        switch (random.nextInt(kinds)) {
            case 0, 1, 2 -> doc.append("v", n);
            case 3 -> doc.append("v", (long) n);
            case 4 -> {}
            case 5 -> doc.appendNull("v");
            case 6 -> doc.append("v", Long.MAX_VALUE - n);
            case 7 -> doc.append("v", n / 7.0);
            case 8 -> doc.append("v", Value.of(new Decimal128(n)));
            case 9 -> doc.append("v", "text " + n);
            default -> doc.append("v", random.nextBoolean() ? Double.NaN : Double.POSITIVE_INFINITY);
        }
    }

    private static List<Doc> documents(Random random) {
        int kinds = 4 + random.nextInt(8);
        List<Doc> documents = new ArrayList<>();
        for (int i = 0, count = random.nextInt(40); i < count; i++) {
            DocBuilder doc = new DocBuilder().append("_id", i);
            append(doc, kinds, random);
            documents.add(doc.buildDoc());
        }
        return documents;
    }

    @Test
    void a_window_that_slides_has_the_result_of_one_that_is_accumulated_by_itself() {
        int compared = 0;
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            List<Doc> documents = documents(random);
            int from = random.nextInt(9) - 5;
            int to = from + random.nextInt(6);
            String operator = OPERATORS.get(seed % OPERATORS.size());
            List<Doc> windows = run(
                    "[{$setWindowFields: {sortBy: {_id: 1}, output: {w: {" + operator + ": '$v', window: {documents: ["
                            + from + ", " + to + "]}}}}}]",
                    documents);
            for (int i = 0; i < documents.size(); i++) {
                int first = Math.max(0, Math.min(i + from, documents.size()));
                int last = Math.max(first, Math.min(i + to + 1, documents.size()));
                Value alone = alone(operator, documents.subList(first, last));
                assertThat(windows.get(i).get("w"))
                        .as("seed %s, %s, document %s of %s, window %s to %s", seed, operator, i, documents, from, to)
                        .isEqualTo(alone);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(20_000);
    }

    /** What the operator makes of documents in a window that has all of them; deviations have results of their own there. */
    private static Value alone(String operator, List<Doc> documents) {
        Accumulator fresh = Accumulators.named(operator, Collation.SIMPLE).get();
        Accumulator accumulator = operator.startsWith("$stdDev") ? fresh.forSliding() : fresh;
        documents.forEach(document -> accumulator.add(document.get("v")));
        return accumulator.result();
    }

    /** Each window accumulated by itself would be 20 thousand million steps. */
    @Test
    @Timeout(60)
    void a_wide_window_costs_no_more_than_a_narrow_one() {
        List<Doc> documents = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            documents.add(new DocBuilder().append("_id", i).append("v", i).buildDoc());
        }
        List<Doc> windows = run(
                "[{$setWindowFields: {sortBy: {_id: 1}, output: {"
                        + "s: {$sum: '$v', window: {documents: [-50000, 0]}},"
                        + "a: {$avg: '$v', window: {documents: [-50000, 0]}},"
                        + "c: {$count: {}, window: {documents: [-50000, 0]}},"
                        + "n: {$min: '$v', window: {documents: [-50000, 0]}},"
                        + "x: {$max: '$v', window: {documents: [-50000, 0]}}}}}]",
                documents);
        Doc last = windows.get(99_999);
        assertThat(last.get("c")).isEqualTo(Value.of(50_001));
        assertThat(last.get("n")).isEqualTo(Value.of(49_999));
        assertThat(last.get("x")).isEqualTo(Value.of(99_999));
        assertThat(last.get("a")).isEqualTo(Value.of(74_999.0));
        assertThat(last.get("s")).isEqualTo(Value.of(50_001L * 74_999L));
    }
}

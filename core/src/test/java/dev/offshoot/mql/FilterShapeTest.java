package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the planner and an upsert learn from a filter, and values at paths. */
class FilterShapeTest {
    private static Filter filter(String json) {
        return Filter.compile(FilterSemanticsTest.doc(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: 1, 'b.c': {$eq: 'x'}, d: {$in: [5]}}          | a=1 b.c=\"x\" d=5",
                "{$and: [{a: 1}, {b: {$gt: 2}}]}                   | a=1",
                "{$or: [{a: 1}]}                                   | a=1",
                "{$or: [{a: 1}, {a: 2}], b: {$in: [1, 2]}}         | ''",
                "{a: {$all: [7]}}                                  | a=7",
                "{a: {$ne: 1}, b: {$not: {$eq: 1}}, c: /x/}        | ''",
                "{a: null}                                         | a=null",
            })
    void equalities_seed_an_upsert(String filter, String expected) {
        List<String> found = new ArrayList<>();
        filter(filter).equalities().forEach(field -> found.add(field.name() + "=" + field.value()));
        assertThat(String.join(" ", found)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{_id: 5}               | 5",
                "{_id: {$eq: 5}}        | 5",
                "{_id: {$gt: 5}}        | null",
                "{_id: 5, a: 1}         | null",
                "{_id: {$in: [5]}}      | null",
                "{$comment: 'x', _id: 5} | 5",
                "{}                     | null",
            })
    void an_equality_of_id_alone_is_seen(String filter, String expected) {
        assertThat(Objects.toString(filter(filter).idEquality())).isEqualTo(expected);
    }

    @Test
    void an_expression_sees_the_whole_document() {
        var filter = "{a: 1, $or: [{b: 9}, {$expr: '$b'}]}";
        Filter bound = Filter.compileWithExpressions(FilterSemanticsTest.doc(filter))
                .in(PipelineContext.of(0, new SplittableRandom(1)));
        assertThat(bound.matches(FilterSemanticsTest.doc("{a: 1, b: 2, c: 1}"))).isTrue();
        assertThat(bound.matches(FilterSemanticsTest.doc("{a: 1, b: 0, c: 2}"))).isFalse();
        assertThat(bound.matches(FilterSemanticsTest.doc("{a: 2, b: 2, c: 1}"))).isFalse();
        assertThat(bound.needsContext()).isTrue();
        assertThat(Pipeline.compile(FilterSemanticsTest.doc("{'0': {$match: " + filter + "}}"))
                        .leadingMatch(Json.context()))
                .isNotNull();
        assertThatThrownBy(() -> filter(filter)).hasMessage("$expr is not allowed in this context");
    }

    @Test
    void an_empty_filter_is_seen() {
        assertThat(filter("{}").isEmpty()).isTrue();
        assertThat(filter("{$comment: 'x'}").isEmpty()).isTrue();
        assertThat(filter("{a: 1}").isEmpty()).isFalse();
        assertThat(filter("{a: 1}").source()).isEqualTo(FilterSemanticsTest.doc("{a: 1}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: 1}                         | a   | 1",
                "{a: [1, 2, [3]]}               | a   | 1 2 [3]",
                "{a: []}                        | a   | ''",
                "{a: [{b: 1}, {b: [2, 3]}, 4]}  | a.b | 1 2 3",
                "{a: [{b: 1}, {b: 2}]}          | a.1.b | 2",
                "{a: {b: null}}                 | a.b | null",
                "{a: 1}                         | a.b | ''",
                "{a: [[{b: 1}]]}                | a.b | ''",
            })
    void distinct_looks_into_arrays(String document, String path, String expected) {
        List<String> found = new ArrayList<>();
        Paths.distinct(FilterSemanticsTest.doc(document), path, value -> found.add(value.toString()));
        assertThat(String.join(" ", found)).isEqualTo(expected);
    }

    @Test
    void a_plain_path_goes_through_documents_only() {
        var document = FilterSemanticsTest.doc("{a: {b: {c: 7}}, d: [{e: 1}]}");
        assertThat(Objects.toString(Paths.get(document, "a.b.c"))).isEqualTo("7");
        assertThat(Paths.get(document, "a.x.c")).isNull();
        assertThat(Paths.get(document, "d.e")).isNull();
        assertThat(Paths.get(document, "d.0.e")).isNull();
    }
}

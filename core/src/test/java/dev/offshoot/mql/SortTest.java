package dev.offshoot.mql;

import static dev.offshoot.mql.UpdateTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SortTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {a: 1}           | [{i: 1, a: 2}, {i: 2, a: 1}]                  | 2 1
                    {a: -1}          | [{i: 1, a: 1}, {i: 2, a: 2}]                  | 2 1
                    {a: 1}           | [{i: 1, a: 'x'}, {i: 2, a: 5}, {i: 3}, {i: 4, a: null}] | 3 4 2 1
                    {a: 1}           | [{i: 1, a: [5, 1]}, {i: 2, a: 3}, {i: 3, a: []}, {i: 4}] | 3 4 1 2
                    {a: -1}          | [{i: 1, a: [5, 1]}, {i: 2, a: 3}, {i: 3, a: []}, {i: 4}] | 1 2 4 3
                    {'a.b': 1}       | [{i: 1, a: {b: 2}}, {i: 2, a: [{b: 1}, {b: 9}]}, {i: 3, a: 5}] | 3 2 1
                    {'a.b': -1}      | [{i: 1, a: {b: 2}}, {i: 2, a: [{b: 1}, {b: 9}]}, {i: 3, a: 5}] | 2 1 3
                    {a: 1, b: -1}    | [{i: 1, a: 1, b: 1}, {i: 2, a: 1, b: 2}, {i: 3, a: 0}] | 3 2 1
                    {'a.b': 1, 'a.c': 1} | [{i: 1, a: [{b: 1, c: 9}, {b: 5, c: 0}]}, {i: 2, a: {b: 1, c: 5}}] | 2 1
                    {'a.1': 1}       | [{i: 1, a: [1, 9]}, {i: 2, a: [9, 1]}]        | 2 1
                    {a: 1}           | [{i: 1, a: 1}, {i: 2, a: 1.0}, {i: 3, a: {$numberLong: '1'}}] | 1 2 3
                    {}               | [{i: 2}, {i: 1}]                              | 2 1
                    """)
    void documents_come_in_mongodbs_order(String spec, String docs, String expected) {
        List<Doc> sorted = new ArrayList<>();
        Sort.compile(Json.doc(spec))
                .sorted(Json.docs(docs).iterator(), Long.MAX_VALUE, Json.context())
                .forEachRemaining(sorted::add);
        assertThat(sorted.stream().map(doc -> String.valueOf(doc.get("i"))).toList())
                .containsExactly(expected.split(" "));
    }

    @Test
    void two_arrays_cannot_be_sorted_by_at_once() {
        assertError(
                () -> Sort.compile(Json.doc("{a: 1, b: 1}")).key(Json.doc("{a: [1], b: [2]}")),
                2,
                "cannot sort with keys that are parallel arrays: [a] [b]");
    }

    @Test
    void a_wrong_order_is_refused() {
        assertError(
                () -> Sort.compile(Json.doc("{a: 0}")),
                15975,
                "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
        Doc twice = new DocBuilder().append("a", 1).append("a", -1).buildDoc();
        assertError(() -> Sort.compile(twice), 7472500, "$sort key must not contain duplicate keys (duplicate: 'a')");
        assertError(() -> Sort.compile(Json.doc("{a: {$meta: 'what'}}")), 31138, "Illegal $meta sort: $meta: \"what\"");
        assertThat(Sort.compile(Json.doc("{a: 1, 'b.c': -1}")).parts())
                .containsExactly(new Sort.Part("a", true), new Sort.Part("b.c", false));
    }
}

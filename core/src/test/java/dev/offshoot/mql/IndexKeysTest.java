package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexKeysTest {
    private static final Value UNDEFINED = Value.view(Bson.UNDEFINED, new byte[0], 0);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: 1}            | {a: 5}                       | [[5]]                      | false",
                "{a: -1}           | {a: 5}                       | [[5]]                      | false",
                "{a: 1}            | {}                           | [[null]]                   | false",
                "{a: 1}            | {a: []}                      | [[undefined]]              | true",
                "{a: 1}            | {a: [1, 2, 1.0]}             | [[1], [2]]                 | true",
                "{a: 1}            | {a: [[1, 2], 3]}             | [[[1, 2]], [3]]            | true",
                "{'a.b': 1}        | {a: {b: 5}}                  | [[5]]                      | false",
                "{'a.b': 1}        | {a: 5}                       | [[null]]                   | false",
                "{'a.b': 1}        | {a: [{b: 1}, {b: 2}, {}]}    | [[1], [2], [null]]         | true",
                "{'a.b': 1}        | {a: [1, 2]}                  | [[null]]                   | true",
                "{'a.b': 1}        | {a: []}                      | [[null]]                   | true",
                "{'a.b': 1}        | {a: [{b: [1, 2]}, {b: []}]}  | [[1], [2], [undefined]]    | true",
                "{'a.0': 1}        | {a: [7, 8]}                  | [[7]]                      | true",
                "{a: 1, b: -1}     | {a: 1, b: 2}                 | [[1, 2]]                   | false",
                "{a: 1, b: 1}      | {a: [1, 2], b: 3}            | [[1, 3], [2, 3]]           | true",
                "{a: 1, b: 1}      | {b: [1, 2]}                  | [[null, 1], [null, 2]]     | true",
                "{'a.b': 1, 'a.c': 1} | {a: [{b: 1, c: 2}, {b: 3}]} | [[1, 2], [3, null]]      | true",
                "{a: 1, 'a.b': 1}  | {a: [{b: 1}]}                | [[{b: 1}, 1]]              | true",
            })
    void entries_are_those_of_mongodb(String pattern, String document, String entries, boolean multikey) {
        IndexKeys index = IndexKeys.compile(FilterSemanticsTest.doc(pattern));
        IndexKeys.Keys keys = index.keys(FilterSemanticsTest.doc(document));
        List<byte[]> expected = new ArrayList<>();
        String json = entries.replace("undefined", "{$undefined: true}");
        for (Doc.Field entry :
                FilterSemanticsTest.doc("{e: " + json + "}").first().value().asDoc()) {
            List<Value> values = new ArrayList<>();
            entry.value().asDoc().forEach(field -> values.add(field.value()));
            expected.add(index.key(values));
        }
        expected.sort(Arrays::compareUnsigned);
        assertThat(keys.multikey()).isEqualTo(multikey);
        assertThat(keys.keys()).usingElementComparator(Arrays::compareUnsigned).isEqualTo(expected);
    }

    @Test
    void an_empty_array_is_below_null() {
        IndexKeys index = IndexKeys.compile(FilterSemanticsTest.doc("{a: 1}"));
        assertThat(index.keys(FilterSemanticsTest.doc("{a: []}")).keys())
                .usingElementComparator(Arrays::compareUnsigned)
                .containsExactly(index.key(List.of(UNDEFINED)));
    }

    @Test
    void two_arrays_cannot_be_indexed_together() {
        IndexKeys index = IndexKeys.compile(FilterSemanticsTest.doc("{'x.a': 1, b: 1}"));
        assertThatThrownBy(() -> index.keys(FilterSemanticsTest.doc("{x: {a: [1]}, b: [2]}")))
                .isInstanceOfSatisfying(CommandException.class, e -> {
                    assertThat(e.code().number()).isEqualTo(171);
                    assertThat(e.message()).isEqualTo("cannot index parallel arrays [b] [a]");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                 | Index keys cannot be empty.",
                "{a: 0}             | Values in the index key pattern cannot be 0.",
                "{a: true}          | Values in v:2 index key pattern cannot be of type bool. Only numbers > 0, numbers < 0, and strings are allowed.",
                "{a: 'what'}        | Unknown index plugin 'what'",
                "{'$**': 1, a: 'hashed'} | Can't use more than one index plugin for a single index.",
                "{$a: 1}            | Index key contains an illegal field name: field name starts with '$'.",
                "{'a..b': 1}        | Index keys cannot contain an empty field.",
            })
    void other_kinds_of_index_are_refused(String pattern, String message) {
        assertThatThrownBy(() -> IndexKeys.compile(FilterSemanticsTest.doc(pattern)))
                .isInstanceOfSatisfying(CommandException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CANNOT_CREATE_INDEX);
                    assertThat(e.message()).isEqualTo(message);
                });
    }

    @Test
    void equalities_and_a_range_make_one_range_of_entries() {
        IndexKeys index = IndexKeys.compile(FilterSemanticsTest.doc("{a: 1, b: -1, c: 1}"));
        Filter filter = Filter.compile(FilterSemanticsTest.doc("{a: 1, b: {$gt: 5}, c: 1}"));
        List<KeyRange> ranges = boundsOf(filter, index).get(0).walk().ranges();
        assertThat(ranges).hasSize(1);
        assertThat(contains(ranges.get(0), index.key(List.of(Value.of(1), Value.of(6), Value.of(0)))))
                .isTrue();
        assertThat(contains(ranges.get(0), index.key(List.of(Value.of(1), Value.of(5), Value.of(0)))))
                .isFalse();
        assertThat(contains(ranges.get(0), index.key(List.of(Value.of(2), Value.of(6), Value.of(0)))))
                .isFalse();
        assertThat(boundsOf(Filter.compile(FilterSemanticsTest.doc("{b: 1}")), index))
                .isEmpty();
    }

    private static List<IndexBounds> boundsOf(Filter filter, IndexKeys index) {
        return Conditions.of(filter).boundsOf(index, ArrayPaths.NONE);
    }

    private static boolean contains(KeyRange range, byte[] entry) {
        byte[] to = range.to();
        return Arrays.compareUnsigned(entry, range.from()) >= 0
                && (to == null || Arrays.compareUnsigned(entry, to) < 0);
    }
}

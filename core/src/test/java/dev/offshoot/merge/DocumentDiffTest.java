package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentDiffTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 6_000);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);

    /** A change is: its place, "+", "-", "=" or "to", the values; "at" is the position after. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {a: 1}                       | {a: 1}                       | nothing
                    {a: 1}                       | {a: 2}                       | a = 1 2
                    {a: 1, b: 2}                 | {b: 2}                       | a - 1
                    {a: 1}                       | {a: 1, b: 2}                 | b + 2 at 1
                    {a: 1}                       | {b: 2, a: 1}                 | b + 2 at 0
                    {a: 1}                       | {a: {$numberLong: '1'}}      | a = 1 NumberLong(1)
                    {a: 1}                       | {a: 1.0}                     | a = 1 1.0
                    {a: null}                    | {}                           | a - null
                    {a: null}                    | {a: {}}                      | a = null {}
                    {a: {b: {c: 1, d: 2}}}       | {a: {b: {c: 1, d: 3}}}       | a.b.d = 2 3
                    {a: {b: 1}}                  | {a: {b: 1, c: {d: 1}}}       | a.c + { d: 1 } at 1
                    {a: {b: 1}}                  | {a: [1]}                     | a = { b: 1 } [ 1 ]
                    {a: 1, b: 2, c: 3}           | {c: 3, a: 1, b: 2}           | c to 0
                    {a: 1, b: 2, c: 3}           | {b: 2, c: 4, a: 1}           | a to 2; c = 3 4
                    {a: {x: 1, y: 2}, b: 1}      | {b: 1, a: {y: 2, x: 3}}      | a to 1; a.x to 1; a.x = 1 3
                    {t: [1, 2, 3]}               | {t: [1, 3]}                  | t[1] - 2
                    {t: [1, 2, 3]}               | {t: [0, 1, 2, 3]}            | t[0] + 0 at 0
                    {t: [1, 2, 3]}               | {t: [1, 9, 3]}               | t[1] = 2 9
                    {t: [1, 2, 3, 4]}            | {t: [2, 3, 8, 9]}            | t[0] - 1; t[3] = 4 8; t[3] + 9 at 3
                    {t: [1, 2, 3]}               | {t: [3, 1, 2]}               | t[2] - 3; t[0] + 3 at 0
                    {t: []}                      | {t: [1]}                     | t[0] + 1 at 0
                    {t: [1]}                     | {t: []}                      | t[0] - 1
                    {t: [[1, 2], [3]]}           | {t: [[1, 5], [3]]}           | t[0][1] = 2 5
                    {t: [{a: 1, b: 1}, 2]}       | {t: [{a: 1, b: 3}, 2]}       | t[0].b = 1 3
                    {t: [{_id: 1, q: 1}]}        | {t: [{_id: 1, q: 2}]}        | t[_id:1].q = 1 2
                    {t: [{_id: 1}, {_id: 2}]}    | {t: [{_id: 2}]}              | t[_id:1] - { _id: 1 }
                    {t: [{_id: 1}]}              | {t: [{_id: 2}, {_id: 1}]}    | t[_id:2] + { _id: 2 } at 0
                    {t: []}                      | {t: [{_id: 2}]}              | t[_id:2] + { _id: 2 } at 0
                    {t: [{_id: 1}, {_id: 2}]}    | {t: [{_id: 2, a: 1}, {_id: 1}]} | t[_id:1] to 1; t[_id:2].a + 1 at 1
                    {t: [{_id: 1}]}              | {t: [{_id: {$numberLong: '1'}}]} | t[_id:1]._id = 1 NumberLong(1)
                    {t: [{_id: 'x', u: [{_id: 3, v: 1}]}]} | {t: [{_id: 'x', u: [{_id: 3, v: 2}]}]} | t[_id:"x"].u[_id:3].v = 1 2
                    {t: [{_id: 1, a: 1}, {_id: 1}]} | {t: [{_id: 1, a: 2}, {_id: 1}]} | t[0].a = 1 2
                    {t: [{_id: 1, a: 1}]}        | {t: [{_id: 1, a: 1}, 7]}     | t[1] + 7 at 1
                    {'a.b': 1, '': 2}            | {'a.b': 3, '': 4}            | ["a.b"] = 1 3; [""] = 2 4
                    {a: {'x[0]': 1}}             | {a: {'x[0]': 2}}             | a["x[0]"] = 1 2
                    """)
    void a_difference_tells_each_field_that_changed(String before, String after, String expected) {
        Doc from = Json.doc(before);
        Doc to = Json.doc(after);
        DocumentDiff diff = DocumentDiff.between(from, to);
        String changes = diff.changes().stream().map(DocumentDiffTest::text).collect(Collectors.joining("; "));
        assertThat(changes.isEmpty() ? "nothing" : changes).isEqualTo(expected);
        assertAllWays(diff, from, to, before);
    }

    @Test
    void random_versions_come_back_byte_for_byte() {
        Map<FieldChange.Kind, Integer> kinds = new EnumMap<>(FieldChange.Kind.class);
        int deep = 0;
        int whole = 0;
        int elements = 0;
        int positions = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomVersions versions = new RandomVersions(seed);
            Doc before = versions.document();
            Doc after = seed % 50 == 0 ? versions.document() : versions.edited(before, (int) (seed % 9));
            DocumentDiff diff = DocumentDiff.between(before, after);
            String as = "seed " + seed + ": " + before + " to " + after;
            assertAllWays(diff, before, after, as);
            assertAllWays(DocumentDiff.between(after, before), after, before, as);
            for (FieldChange change : diff.changes()) {
                kinds.merge(change.kind(), 1, Integer::sum);
                deep += change.path().steps().size() > 3 ? 1 : 0;
                elements += change.path().last() instanceof DocPath.Element ? 1 : 0;
                positions += change.path().last() instanceof DocPath.Position ? 1 : 0;
                whole += change.before() != null && change.before().isArray() && isArray(change.after()) ? 1 : 0;
            }
        }
        assertThat(kinds.values()).hasSize(4).allMatch(count -> count > SEEDS / 8);
        assertThat(List.of(deep, elements, positions)).allMatch(count -> count > SEEDS / 20);
        assertThat(whole).as("arrays are told by what they hold").isZero();
    }

    @Test
    void random_arrays_take_as_few_edits_as_the_slow_way_finds() {
        int edited = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomVersions random = new RandomVersions(seed);
            List<Value> before = numbers(random);
            List<Value> after = numbers(random);
            ArrayEdits edits = Objects.requireNonNull(ArrayEdits.between(before, after));
            int kept = 0;
            for (int i = 0; i < before.size(); i++) {
                int place = edits.after()[i];
                kept += place >= 0 && before.get(i).equals(after.get(place)) ? 1 : 0;
            }
            assertThat(kept).as("seed %s: %s to %s", seed, before, after).isEqualTo(longestCommon(before, after));
            edited += kept < before.size() ? 1 : 0;
        }
        assertThat(edited).isGreaterThan(SEEDS / 2);
    }

    @Test
    void a_long_array_with_few_edits_is_told_by_element_and_one_with_many_as_a_whole() {
        List<Value> numbers = IntStream.range(0, 100_000).mapToObj(Value::of).toList();
        List<Value> few = new ArrayList<>(numbers);
        for (int i = 0; i < 100; i++) {
            few.set(i * 997, Value.of(-1));
            few.remove(i * 991 + 5);
        }
        assertThat(DocumentDiff.between(array(numbers), array(few)).changes()).hasSize(200);

        List<Value> most = new ArrayList<>(numbers.subList(0, 251));
        most.replaceAll(number -> Value.of(-1 - number.asInt32()));
        DocumentDiff whole = DocumentDiff.between(array(numbers.subList(0, 251)), array(most));
        assertThat(whole.changes()).hasSize(1);
        assertThat(whole.changes().get(0).path()).hasToString("t");
        assertAllWays(whole, array(numbers.subList(0, 251)), array(most), "251 for 251");
        assertThat(DocumentDiff.between(array(numbers.subList(0, 250)), array(most.subList(0, 250)))
                        .changes())
                .as("500 edits are paired to 250 changes")
                .hasSize(250);
    }

    @Test
    void a_document_with_a_name_twice_changed_as_a_whole() {
        Doc twice = new DocBuilder().append("a", 1).append("a", 2).buildDoc();
        Doc before = new DocBuilder().append("x", 1).append("d", twice).buildDoc();
        Doc after = new DocBuilder()
                .append("x", 1)
                .append("d", new DocBuilder().append("a", 1).buildDoc())
                .buildDoc();
        DocumentDiff nested = DocumentDiff.between(before, after);
        assertThat(nested.changes()).hasSize(1);
        assertThat(nested.changes().get(0).path()).hasToString("d");
        assertAllWays(nested, before, after, "nested");

        DocumentDiff root = DocumentDiff.between(twice, after);
        assertThat(root.changes()).hasSize(1);
        assertThat(root.changes().get(0).path()).isEqualTo(DocPath.ROOT);
        assertAllWays(root, twice, after, "root");
    }

    @Test
    void names_that_are_no_text_and_array_names_that_do_not_count_up_come_back_byte_for_byte() {
        byte[] broken = new DocBuilder().append("xy", 1).append("b", 2).build();
        broken[5] = (byte) 0xC3;
        byte[] after = new DocBuilder().append("b", 2).append("xy", 1).build();
        after[after.length - 8] = (byte) 0xC3;
        assertAllWays(DocumentDiff.between(Doc.of(broken), Doc.of(after)), Doc.of(broken), Doc.of(after), "name");

        Doc odd = odd(7);
        assertAllWays(DocumentDiff.between(odd, odd(8)), odd, odd(8), "array");
        assertThat(DocumentDiff.between(odd, odd(8)).changes().get(0).path()).hasToString("t");
    }

    private static Doc odd(int value) {
        Doc elements = new DocBuilder().append("5", value).append("x", 1).buildDoc();
        return new DocBuilder().appendArray("t", elements).buildDoc();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a: 2, b: {c: 1}, t: [1, 2], u: [{_id: 1}]}",
                "{b: {c: 1}, t: [1, 2], u: [{_id: 1}]}",
                "{a: 1, b: {c: 2}, t: [1, 2], u: [{_id: 1}]}",
                "{a: 1, b: 1, t: [1, 2], u: [{_id: 1}]}",
                "{a: 1, b: {c: 1}, t: [1, 3], u: [{_id: 1}]}",
                "{a: 1, b: {c: 1}, t: [1], u: [{_id: 1}]}",
                "{a: 1, b: {c: 1}, t: [1, 2], u: [{_id: 2}]}",
                "{a: 1, b: {c: 1}, t: [1, 2], u: [7]}",
                "{a: 1, b: {c: 1}, t: [1, 2]}",
            })
    void a_difference_of_another_document_is_refused(String other) {
        Doc before = Json.doc("{a: 1, b: {c: 1}, t: [1, 2], u: [{_id: 1}]}");
        Doc after = Json.doc("{a: 5, b: {c: 6}, t: [1, 7], u: [{_id: 1, x: 1}]}");
        DocumentDiff diff = DocumentDiff.between(before, after);
        assertThat(diff.apply(before)).isEqualTo(after);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> diff.apply(Json.doc(other)))
                .withMessageContaining("of another document");
    }

    @Test
    void an_addition_whose_place_does_not_exist_is_refused() {
        DocumentDiff diff = DocumentDiff.between(Json.doc("{a: 1, b: 2}"), Json.doc("{a: 1, b: 2, c: 3}"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> diff.apply(Json.doc("{a: 1}")))
                .withMessageContaining("position 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{path: 'a'}",
                "{path: 'a', op: 'grown'}",
                "{path: 'a', op: 7}",
                "{path: 7, op: 'removed', before: 1}",
                "{path: 'a', op: 'removed'}",
                "{path: 'a', op: 'removed', before: 1, after: 2}",
                "{path: 'a', op: 'added', after: 1}",
                "{path: 'a', op: 'added', after: 1, position: -1}",
                "{path: 'a', op: 'added', after: 1, position: 1.0}",
                "{path: 'a', op: 'changed', before: 1}",
                "{path: 'a', op: 'moved'}",
                "{path: 'a[3]', op: 'removed', before: 1}",
                "{path: '', op: 'removed', before: 1}",
                "{path: '', at: [], op: 'removed', before: 1}",
                "{path: 'a', at: 7, op: 'removed', before: 1}",
                "{path: 'a', at: [null], op: 'removed', before: 1}",
                "{path: 'a', at: ['a', {id: 1}], op: 'removed', before: 1}",
            })
    void what_is_no_change_is_refused(String change) {
        assertThatThrownBy(() ->
                        DocumentDiff.of(new DocBuilder().add(Json.doc(change)).buildDoc()))
                .isInstanceOf(CommandException.class);
    }

    @Test
    void a_change_reads_well_as_a_document() {
        DocumentDiff diff = DocumentDiff.between(
                Json.doc("{a: {b: 1}, t: [{_id: 7, q: 1}], u: [1, 2]}"),
                Json.doc("{a: {b: 2}, t: [{_id: 7, q: 1, n: null}], u: [1]}"));
        assertThat(diff.toArray())
                .isEqualTo(Json.value("[{path: 'a.b', op: 'changed', before: 1, after: 2},"
                                + " {path: 't[_id:7].n', at: ['t', {_id: 7}, 'n'], op: 'added', after: null, position: 2},"
                                + " {path: 'u[1]', at: ['u', 1], op: 'removed', before: 2}]")
                        .asDoc());
    }

    private static void assertAllWays(DocumentDiff diff, Doc before, Doc after, String as) {
        assertThat(diff.isEmpty()).as(as).isEqualTo(before.equals(after));
        assertThat(diff.apply(before).toBytes()).as(as).isEqualTo(after.toBytes());
        DocumentDiff read = DocumentDiff.of(Doc.of(diff.toArray().toBytes()));
        assertThat(read).as(as).isEqualTo(diff);
        assertThat(read.apply(before).toBytes()).as(as).isEqualTo(after.toBytes());
    }

    private static String text(FieldChange change) {
        return change.path()
                + switch (change.kind()) {
                    case ADDED -> " + " + text(change.after()) + " at " + change.position();
                    case REMOVED -> " - " + text(change.before());
                    case CHANGED -> " = " + text(change.before()) + " " + text(change.after());
                    case MOVED -> " to " + change.position();
                };
    }

    private static String text(@Nullable Value value) {
        if (value != null && value.type() == Bson.INT64) {
            return "NumberLong(" + value.asInt64() + ")";
        }
        return value == null ? "none" : dev.offshoot.mql.ShellText.of(value);
    }

    private static boolean isArray(@Nullable Value value) {
        return value != null && value.isArray();
    }

    private static Doc array(List<Value> elements) {
        return new DocBuilder().append("t", Members.array(elements)).buildDoc();
    }

    private static List<Value> numbers(RandomVersions random) {
        List<Value> numbers = new ArrayList<>();
        int kinds = 1 + random.below(6);
        for (int n = random.below(20); n > 0; n--) {
            numbers.add(Value.of(random.below(kinds)));
        }
        return numbers;
    }

    private static int longestCommon(List<Value> a, List<Value> b) {
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = 1; i <= a.size(); i++) {
            for (int j = 1; j <= b.size(); j++) {
                common[i][j] = a.get(i - 1).equals(b.get(j - 1))
                        ? common[i - 1][j - 1] + 1
                        : Math.max(common[i - 1][j], common[i][j - 1]);
            }
        }
        return common[a.size()][b.size()];
    }
}

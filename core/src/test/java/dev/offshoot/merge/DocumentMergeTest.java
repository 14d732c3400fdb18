package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentMergeTest {
    private static final String WHOLE = "(whole)";

    /** A case of documents.txt. */
    private record Case(String name, Map<String, String> lines) {
        @Nullable
        Doc doc(String line) {
            String json = lines.get(line);
            return json == null ? null : Json.doc(json);
        }

        Doc side(String line) {
            return Objects.requireNonNull(doc(line), name);
        }

        MergeRules rules(MergeMode mode) {
            Doc rules = doc("rules");
            MergeRules parsed = MergeRules.of(rules == null ? Doc.EMPTY : rules);
            return new MergeRules(mode, parsed.strategies(), parsed.otherwise());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() throws IOException {
        try (InputStream file = DocumentMergeTest.class.getResourceAsStream("/merge/documents.txt")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            List<Case> cases = new ArrayList<>();
            for (String line : text.lines().toList()) {
                if (line.startsWith("## ")) {
                    cases.add(new Case(line.substring(3), new LinkedHashMap<>()));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    String[] words = line.split(" +", 2);
                    Case last = cases.get(cases.size() - 1);
                    assertThat(last.lines.put(words[0], words[1])).as(line).isNull();
                }
            }
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_merge_comes_out_as_the_case_says(Case merge) {
        Doc base = merge.doc("base");
        Doc ours = merge.side("ours");
        Doc theirs = merge.side("theirs");
        for (MergeMode mode : MergeMode.values()) {
            String expected = Objects.requireNonNull(merge.lines.get(mode.word()), mode.word());
            MergedDocument merged = DocumentMerge.merge(base, ours, theirs, merge.rules(mode));
            assertThat(text(merged, ours)).as(mode.word()).isEqualTo(canonical(expected));

            MergedDocument swapped =
                    DocumentMerge.merge(base, theirs, ours, MergeProperties.swapped(merge.rules(mode)));
            assertThat(MergeProperties.paths(swapped))
                    .as("%s with the sides swapped", mode.word())
                    .isEqualTo(MergeProperties.paths(merged));
            boolean sets = merge.rules(mode).strategies().containsValue(MergeStrategy.UNION);
            if (!merged.hasConflicts() && !sets) {
                assertThat(MergeProperties.withAdditionsSorted(swapped.document(), base))
                        .as("%s with the sides swapped", mode.word())
                        .isEqualTo(MergeProperties.withAdditionsSorted(merged.document(), base));
            }
        }
        assertThat(merge.lines.keySet())
                .isSubsetOf(Stream.concat(
                                Stream.of("rules", "base", "ours", "theirs"),
                                Stream.of(MergeMode.values()).map(MergeMode::word))
                        .toList());
    }

    @Test
    void conflicts_hold_what_the_three_have() {
        MergedDocument merged = DocumentMerge.merge(
                Json.doc("{_id: 1, a: 1, t: [{_id: 7, q: 1}], u: [1]}"),
                Json.doc("{_id: 1, a: 2, t: [], u: [1, 2], n: 5}"),
                Json.doc("{_id: 1, t: [{_id: 7, q: 2}], u: [1, 3], n: 6}"),
                MergeRules.DEFAULT);
        assertThat(merged.conflicts().stream().map(FieldConflict::toDoc))
                .containsExactly(
                        Json.doc("{path: 'a', base: 1, ours: 2}"),
                        Json.doc(
                                "{path: 't[_id:7]', at: ['t', {_id: 7}], base: {_id: 7, q: 1}, theirs: {_id: 7, q: 2}}"),
                        Json.doc("{path: 'u', base: [1], ours: [1, 2], theirs: [1, 3]}"),
                        Json.doc("{path: 'n', ours: 5, theirs: 6}"));
        assertThat(DocPath.of(merged.conflicts().get(1).toDoc()))
                .isEqualTo(merged.conflicts().get(1).path());
    }

    @Test
    void a_document_with_a_name_twice_is_merged_as_a_whole() {
        Doc twice = new DocBuilder().append("a", 1).append("a", 2).buildDoc();
        Doc other = new DocBuilder().append("a", 1).append("a", 3).buildDoc();
        Doc third = new DocBuilder().append("a", 1).append("b", 3).buildDoc();
        assertThat(MergeProperties.paths(DocumentMerge.merge(twice, other, third, MergeRules.DEFAULT)))
                .containsExactly("");
        assertThat(DocumentMerge.merge(twice, twice, other, MergeRules.DEFAULT).document())
                .isEqualTo(other);
        Doc base = new DocBuilder()
                .append("_id", 1)
                .append("d", twice)
                .append("e", 1)
                .buildDoc();
        Doc ours = new DocBuilder()
                .append("_id", 1)
                .append("d", other)
                .append("e", 1)
                .buildDoc();
        Doc theirs = new DocBuilder()
                .append("_id", 1)
                .append("d", third)
                .append("e", 2)
                .buildDoc();
        MergedDocument merged = DocumentMerge.merge(base, ours, theirs, MergeRules.DEFAULT);
        assertThat(MergeProperties.paths(merged)).containsExactly("d");
        assertThat(merged.document())
                .isEqualTo(new DocBuilder()
                        .append("_id", 1)
                        .append("d", other)
                        .append("e", 2)
                        .buildDoc());
    }

    @Test
    void an_array_with_too_many_edits_is_a_conflict_as_a_whole() {
        List<Value> base = IntStream.range(0, 1_000).mapToObj(Value::of).toList();
        List<Value> ours = new ArrayList<>(base);
        ours.set(999, Value.of(-1));
        for (int rewritten : new int[] {250, 251}) {
            List<Value> theirs = new ArrayList<>(base);
            for (int i = 0; i < rewritten; i++) {
                theirs.set(i, Value.of(-2));
            }
            MergedDocument merged = DocumentMerge.merge(array(base), array(ours), array(theirs), MergeRules.DEFAULT);
            assertThat(MergeProperties.paths(merged)).isEqualTo(rewritten == 250 ? List.of() : List.of("t"));
            theirs.set(999, Value.of(-1));
            assertThat(merged.document()).isEqualTo(rewritten == 250 ? array(theirs) : array(ours));
        }
    }

    private static Doc array(List<Value> elements) {
        return new DocBuilder().append("t", Members.array(elements)).buildDoc();
    }

    @Test
    void rules_come_back_from_their_document() {
        String rules = "{mode: 'documentDivergent', paths: {'a.b': 'sum', 'c': 'union'}, otherwise: 'theirs'}";
        MergeRules parsed = MergeRules.of(Json.doc(rules));
        assertThat(parsed.toDoc()).isEqualTo(Json.doc(rules));
        assertThat(parsed)
                .isEqualTo(MergeRules.of(MergeMode.DOCUMENT_DIVERGENT)
                        .with("a.b", MergeStrategy.SUM)
                        .with("c", MergeStrategy.UNION)
                        .otherwise(MergeStrategy.THEIRS));
        assertThat(MergeRules.of(Doc.EMPTY)).isEqualTo(MergeRules.DEFAULT);
        assertThat(MergeRules.DEFAULT.toDoc()).isEqualTo(Json.doc("{mode: 'fieldTouched'}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{mode: 'touched'}",
                "{mode: 7}",
                "{path: {}}",
                "{paths: []}",
                "{paths: {a: 'most'}}",
                "{paths: {a: 1}}",
                "{paths: {'': 'ours'}}",
                "{paths: {'a..b': 'ours'}}",
                "{paths: {'a.': 'ours'}}",
                "{otherwise: 'max'}",
                "{otherwise: null}",
            })
    void rules_that_are_none_are_refused(String rules) {
        assertThatThrownBy(() -> MergeRules.of(Json.doc(rules))).isInstanceOf(CommandException.class);
    }

    private static String text(MergedDocument merged, Doc ours) {
        String document = Json.text(merged.document());
        if (!merged.hasConflicts()) {
            return document;
        }
        String paths = MergeProperties.paths(merged).stream()
                .map(path -> path.isEmpty() ? WHOLE : path)
                .collect(Collectors.joining(", "));
        return "conflict at " + paths + (merged.document().equals(ours) ? "" : " => " + document);
    }

    private static String canonical(String expected) {
        int document = expected.startsWith("{") ? 0 : expected.indexOf("=> ") + 3;
        return document == 2
                ? expected
                : expected.substring(0, document) + Json.text(Json.doc(expected.substring(document)));
    }
}

package dev.offshoot.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentMaskTest {
    private static final byte[] KEY = {1, 2, 3};

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {a: 'redact'}       | {_id: 1, a: 'x', b: 2}              | {_id: 1, a: '***', b: 2}
                    {a: 'redact'}       | {_id: 1, a: 5, b: 2}                | {_id: 1, a: null, b: 2}
                    {a: 'redact'}       | {_id: 1, a: {b: 'x'}}               | {_id: 1, a: null}
                    {a: 'redact'}       | {_id: 1, a: ['x', 2, ['y'], null]}  | {_id: 1, a: ['***', null, ['***'], null]}
                    {a: 'null'}         | {_id: 1, a: 'x'}                    | {_id: 1, a: null}
                    {a: 'null'}         | {_id: 1, b: 'x'}                    | {_id: 1, b: 'x'}
                    {'a.b': 'redact'}   | {_id: 1, a: {b: 'x', c: 'y'}}       | {_id: 1, a: {b: '***', c: 'y'}}
                    {'a.b': 'redact'}   | {_id: 1, a: [{b: 'x'}, {c: 'y'}]}   | {_id: 1, a: [{b: '***'}, {c: 'y'}]}
                    {'a.b': 'redact'}   | {_id: 1, a: [[{b: 'x'}], {b: ['y']}]} | {_id: 1, a: [[{b: '***'}], {b: ['***']}]}
                    {'a.b': 'redact'}   | {_id: 1, a: 'x'}                    | {_id: 1, a: 'x'}
                    {'a.b': 'redact'}   | {_id: 1, 'a.b': 'x', 'a.b.c': 'y'}  | {_id: 1, 'a.b': '***', 'a.b.c': '***'}
                    {'a.0': 'redact'}   | {_id: 1, a: {'0': 'x'}}             | {_id: 1, a: {'0': '***'}}
                    {a: 'hash'}         | {_id: 1, a: null}                   | {_id: 1, a: null}
                    """)
    void a_mask_hides_values_at_its_paths_and_nothing_else(String rules, String stored, String seen) {
        assertThat(json(mask(rules).apply(bytes(stored)))).isEqualTo(json(bytes(seen)));
    }

    @Test
    void what_is_not_hidden_keeps_its_bytes() {
        byte[] stored =
                bytes("{_id: 1, n: {$numberDecimal: '1.10'}, a: 'x', z: {$binary: {base64: 'AQID', subType: '80'}}}");
        byte[] seen = mask("{a: 'redact'}").apply(stored);
        assertThat(Doc.of(seen).get("n")).isEqualTo(Doc.of(stored).get("n"));
        assertThat(Doc.of(seen).get("z")).isEqualTo(Doc.of(stored).get("z"));
    }

    @Test
    void a_hash_is_the_same_for_equal_values_of_any_field_and_another_with_another_key() {
        DocumentMask mask = mask("{a: 'hash', b: 'hash', c: 'hash'}");
        Doc seen = Doc.of(mask.apply(bytes("{_id: 1, a: 1, b: 1.0, c: 2}")));
        assertThat(String.valueOf(seen.get("a"))).matches("\"[0-9a-f]{32}\"");
        assertThat(seen.get("a")).isEqualTo(seen.get("b")).isNotEqualTo(seen.get("c"));
        Doc other = Doc.of(DocumentMask.of(new byte[] {9}, doc("{a: 'hash'}")).apply(bytes("{_id: 1, a: 1}")));
        assertThat(other.get("a")).isNotEqualTo(seen.get("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "firstName",
                "lastName",
                "name",
                "username",
                "email",
                "phone",
                "street",
                "city",
                "zip",
                "company",
                "url",
                "ip",
                "uuid",
                "text",
                "number",
                "date"
            })
    void a_fake_is_made_of_the_hash_alone_and_differs_between_values(String kind) {
        DocumentMask mask = mask("{a: {fake: '" + kind + "'}}");
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            byte[] stored = bytes("{_id: 1, a: 'person " + i + "'}");
            assertThat(mask.apply(stored)).isEqualTo(mask.apply(stored));
            assertThat(json(mask.apply(stored))).doesNotContain("person");
            made.add(json(mask.apply(stored)));
        }
        assertThat(made).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {_id: 'hash'}            | tell documents by their _id
                    {'_id.a': 'hash'}        | tell documents by their _id
                    {a: 'hide'}              | it takes 'hash', 'redact', 'null' or {fake: KIND}
                    {a: 1}                   | it takes 'hash', 'redact', 'null' or {fake: KIND}
                    {a: {fake: 'dog'}}       | it can make up firstName
                    {a: {fake: 'ip', x: 1}}  | it takes 'hash', 'redact', 'null' or {fake: KIND}
                    {a: 'hash', 'a.b': 'hash'} | collides
                    {'a.b': 'hash', a: 'hash'} | collides
                    {'a..b': 'hash'}         | is no path
                    {'': 'hash'}             | is no path
                    {'a.$': 'hash'}          | is no path
                    """)
    void rules_that_make_no_sense_are_refused(String rules, String why) {
        assertThatThrownBy(() -> mask(rules))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    a.b | true
                    a   | true
                    a.b.c | true
                    a.c | false
                    b   | false
                    ab  | false
                    a.0.b | true
                    a.0 | true
                    a.0.c | false
                    $** | true
                    a.$** | true
                    b.$** | false
                    2021 | true
                    2021.x | true
                    """)
    void an_index_depends_on_hidden_values_at_around_and_within_its_path(String path, boolean touched) {
        assertThat(mask("{'a.b': 'hash', '2021': 'hash'}").touches(path)).isEqualTo(touched);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {_id: 1, s: 'x', b: 1}         | {_id: 1, s: '***', b: 2}         | {_id: 1, s: 'x', b: 2}
                    {_id: 1, s: 'x'}               | {_id: 1, s: 'new'}               | {_id: 1, s: 'new'}
                    {_id: 1, s: 'x'}               | {_id: 1}                         | {_id: 1}
                    {_id: 1}                       | {_id: 1, s: '***'}               | {_id: 1, s: '***'}
                    {_id: 1, s: 7}                 | {_id: 1, s: null, b: 1}          | {_id: 1, s: 7, b: 1}
                    {_id: 1, s: 'x'}               | {_id: 1, moved: '***'}           | {_id: 1, moved: '***'}
                    {_id: 1, d: {s: 'x', b: 1}}    | {_id: 1, d: {s: '***', b: 2}}    | {_id: 1, d: {s: 'x', b: 2}}
                    {_id: 1, d: {s: 'x', b: 1}}    | {_id: 1, d: {b: 2, s: '***'}}    | {_id: 1, d: {b: 2, s: 'x'}}
                    {_id: 1, d: [{s: 'x', b: 1}]}  | {_id: 1, d: [{s: '***', b: 2}]}  | {_id: 1, d: [{s: 'x', b: 2}]}
                    {_id: 1, d: [{s: 'x', b: 1}, {s: 'y', b: 2}]} | {_id: 1, d: [{s: '***', b: 2}]} | {_id: 1, d: [{s: 'y', b: 2}]}
                    {_id: 1, d: [{s: 'x', b: 1}, {s: 'y', b: 2}]} | {_id: 1, d: [{s: '***', b: 2}, {s: '***', b: 1}]} | {_id: 1, d: [{s: 'y', b: 2}, {s: 'x', b: 1}]}
                    {_id: 1, d: [{s: 'x', b: 1}]}  | {_id: 1, d: [{s: 'n', b: 0}, {s: '***', b: 1}]} | {_id: 1, d: [{s: 'n', b: 0}, {s: 'x', b: 1}]}
                    {_id: 1, d: [{_id: 1, s: 'x', b: 1}, {_id: 2, s: 'y'}]} | {_id: 1, d: [{_id: 2, s: '***', b: 5}]} | {_id: 1, d: [{_id: 2, s: 'y', b: 5}]}
                    {_id: 1, s: ['x', 'y']}        | {_id: 1, s: ['***', '***', 'z']} | {_id: 1, s: ['x', 'y', 'z']}
                    {_id: 1, s: ['x', 'y']}        | {_id: 1, s: ['z', '***', '***']} | {_id: 1, s: ['z', 'x', 'y']}
                    {_id: 1, s: ['x', 'y']}        | {_id: 1, s: []}                  | {_id: 1, s: []}
                    {_id: 1, s: ['x', 'x']}        | {_id: 1, s: ['***']}             | {_id: 1, s: ['x']}
                    {_id: 1, s: ['x', 'y']}        | {_id: 1, s: ['new', '***']}      | `?`
                    {_id: 1, s: ['x', 'y']}        | {_id: 1, s: ['***']}             | `?`
                    {_id: 1, d: [{s: 'x', b: 1}, {s: 'y', b: 2}]} | {_id: 1, d: [{s: '***', b: 3}]} | `?`
                    """)
    void what_a_change_left_as_it_was_seen_keeps_its_hidden_value(String stored, String changed, String expected) {
        DocumentMask mask = mask("{s: 'redact', 'd.s': 'redact'}");
        if (expected.equals("?")) {
            assertThatThrownBy(() -> mask.restore(bytes(stored), doc(changed)))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("look the same through the mask");
        } else {
            assertThat(json(mask.restore(bytes(stored), doc(changed)).toBytes()))
                    .isEqualTo(json(bytes(expected)));
        }
    }

    @Test
    void a_mask_over_a_mask_hides_what_either_hides_and_restores_what_both_left() {
        DocumentMask both = mask("{a: 'redact'}").then(mask("{b: 'redact', a: 'null'}"));
        byte[] stored = bytes("{_id: 1, a: 'x', b: 'y', c: 1}");
        assertThat(json(both.apply(stored))).isEqualTo(json(bytes("{_id: 1, a: null, b: '***', c: 1}")));
        assertThat(json(both.restore(stored, doc("{_id: 1, a: null, b: '***', c: 2}"))
                        .toBytes()))
                .isEqualTo(json(bytes("{_id: 1, a: 'x', b: 'y', c: 2}")));
        assertThat(both.touches("a")).isTrue();
        assertThat(both.touches("b")).isTrue();
        assertThat(both.touches("c")).isFalse();
        assertThat(both).isEqualTo(mask("{a: 'redact'}").then(mask("{b: 'redact', a: 'null'}")));
        assertThat(both).isNotEqualTo(mask("{a: 'redact'}"));
    }

    @Test
    void whatever_is_seen_and_written_back_is_stored_as_it_was() {
        DocumentMask mask = mask("{s: 'redact', 'd.s': {fake: 'zip'}, 'd.d.s': 'hash', n: 'null'}");
        for (long seed = 1; seed <= 2_000; seed++) {
            Random random = new Random(seed);
            byte[] stored = bytes("{_id: 1, " + fields(random, 3) + "}");
            byte[] seen = mask.apply(stored);
            assertThat(json(mask.restore(stored, Doc.of(seen)).toBytes()))
                    .as("seed " + seed)
                    .isEqualTo(json(stored));
            String written = json(seen).replaceFirst("\"_id\": 1", "\"_id\": 1, \"added\": true");
            assertThat(json(mask.restore(stored, doc(written)).toBytes()))
                    .as("with a field more, seed " + seed)
                    .isEqualTo(json(stored).replaceFirst("\"_id\": 1", "\"_id\": 1, \"added\": true"));
        }
    }

    private static String fields(Random random, int depth) {
        List<String> fields = new ArrayList<>();
        for (String name : List.of("s", "d", "n", "x")) {
            if (random.nextInt(4) > 0) {
                fields.add(name + ": " + value(random, depth));
            }
        }
        return fields.isEmpty() ? "e: 1" : String.join(", ", fields);
    }

    private static String value(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 6 : 3);
        return switch (kind) {
            case 0 -> "'v" + random.nextInt(4) + "'";
            case 1 -> String.valueOf(random.nextInt(4));
            case 2 -> "null";
            case 3 -> "[" + value(random, depth - 1) + ", " + value(random, depth - 1) + "]";
            default -> "{" + fields(random, depth - 1) + "}";
        };
    }

    private static DocumentMask mask(String rules) {
        return DocumentMask.of(KEY, doc(rules));
    }

    private static Doc doc(String json) {
        return Doc.of(bytes(json));
    }

    private static byte[] bytes(String json) {
        RawBsonDocument raw = new RawBsonDocument(BsonDocument.parse(json), new BsonDocumentCodec());
        byte[] bytes = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(bytes);
        return bytes;
    }

    private static String json(byte[] document) {
        return new RawBsonDocument(document).toJson();
    }
}

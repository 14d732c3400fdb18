package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ibm.icu.text.Collator;
import com.ibm.icu.text.RuleBasedCollator;
import com.ibm.icu.util.ULocale;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollationTest {
    @Test
    void what_is_not_said_is_as_the_locale_has_it() {
        assertThat(parse("{locale: 'fr_CA'}").toDoc())
                .isEqualTo(Json.doc(
                        "{locale: 'fr_CA', caseLevel: false, caseFirst: 'off', strength: 3, numericOrdering: false,"
                                + " alternate: 'non-ignorable', maxVariable: 'punct', normalization: false, backwards: true,"
                                + " version: '57.1'}"));
        assertThat(parse("{locale: 'da'}").toDoc().get("caseFirst")).isEqualTo(Value.of("upper"));
        assertThat(parse("{locale: 'th'}").toDoc().get("alternate")).isEqualTo(Value.of("shifted"));
        assertThat(parse("{locale: 'vi'}").toDoc().get("normalization")).isEqualTo(Value.TRUE);
    }

    @Test
    void the_full_form_reads_back_as_the_same_collation() {
        Collation collation = parse(
                "{locale: 'de@collation=phonebook', strength: 5, caseFirst: 'lower', maxVariable: 'space',"
                        + " alternate: 'shifted', caseLevel: true, numericOrdering: true, normalization: true, backwards: true}");
        assertThat(Collation.parse(collation.toDoc(), "collation")).isEqualTo(collation);
        assertThat(parse("{locale: 'en', strength: 3}"))
                .isEqualTo(parse("{locale: 'en'}"))
                .isNotEqualTo(parse("{locale: 'de'}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{locale: 'en', strength: 1}      | é    | E    | 0",
                "{locale: 'en', strength: 2}      | é    | E    | 1",
                "{locale: 'en', strength: 2}      | é    | É    | 0",
                "{locale: 'en'}                   | a    | B    | -1",
                "{locale: 'en', caseFirst: 'upper'} | a  | A    | 1",
                "{locale: 'en', strength: 1, caseLevel: true} | a | A | -1",
                "{locale: 'en'}                   | a10  | a9   | -1",
                "{locale: 'en', numericOrdering: true} | a10 | a9 | 1",
                "{locale: 'en', alternate: 'shifted'} | a-b c | abc | 0",
                "{locale: 'en', alternate: 'shifted', maxVariable: 'space'} | a-b | ab | -1",
                "{locale: 'sv'}                   | z    | ö    | -1",
                "{locale: 'de'}                   | z    | ö    | 1",
                "{locale: 'fr', backwards: true}  | coté | côte | 1",
                "{locale: 'fr'}                   | coté | côte | -1",
                "{locale: 'en'}                   | aß   | åß   | -1",
                "{locale: 'de'}                   | cß   | çß   | -1",
                "{locale: 'simple'}               | a    | B    | 1"
            })
    void strings_compare_by_the_rules(String spec, String a, String b, int order) {
        Collation collation = parse(spec);
        assertThat(Integer.signum(collation.compare(Value.of(a), Value.of(b)))).isEqualTo(order);
        assertThat(Integer.signum(BsonOrder.compare(collation.key(Value.of(a)), collation.key(Value.of(b)))))
                .isEqualTo(order);
    }

    @Test
    void strings_within_documents_and_arrays_are_collated_and_names_are_not() {
        Collation collation = parse("{locale: 'en', strength: 2}");
        assertThat(collation.compare(document("{a: ['x', {b: 'Y'}]}"), document("{a: ['X', {b: 'y'}]}")))
                .isZero();
        assertThat(collation.compare(document("{a: 'x'}"), document("{A: 'x'}")))
                .isPositive();
        assertThat(collation.compare(document("{a: 1}"), document("{a: 1.0}"))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{locale: 'en'}",
                "{locale: 'de', strength: 1}",
                "{locale: 'ja', numericOrdering: true}",
                "{locale: 'fr_CA', alternate: 'shifted'}",
                "{locale: 'vi', strength: 5}"
            })
    void keys_are_in_the_order_of_the_collator(String spec) {
        Collation collation = parse(spec);
        RuleBasedCollator collator = collatorOf(collation.toDoc());
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int equal = 0;
        for (int i = 0; i < 2000; i++) {
            String a = text(random);
            String b = text(random);
            int order = Integer.signum(collator.getCollationKey(a).compareTo(collator.getCollationKey(b)));
            Value keyA = collation.key(Value.of(a));
            Value keyB = collation.key(Value.of(b));
            assertThat(Integer.signum(BsonOrder.compare(keyA, keyB)))
                    .as("'%s' and '%s', seed %d", a, b, seed)
                    .isEqualTo(order);
            assertThat(Integer.signum(collation.compare(Value.of(a), Value.of(b))))
                    .isEqualTo(order);
            equal += order == 0 ? 1 : 0;
        }
        assertThat(equal).isLessThan(2000);
    }

    private static RuleBasedCollator collatorOf(Doc spec) {
        RuleBasedCollator collator = (RuleBasedCollator)
                Collator.getInstance(new ULocale(option(spec, "locale").asString()));
        int strength = (int) option(spec, "strength").toLong();
        collator.setStrength(strength == 5 ? Collator.IDENTICAL : strength - 1);
        collator.setNumericCollation(option(spec, "numericOrdering").asBoolean());
        collator.setAlternateHandlingShifted(
                option(spec, "alternate").asString().equals("shifted"));
        return collator;
    }

    private static Value option(Doc spec, String name) {
        return Objects.requireNonNull(spec.get(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                          | 40414 | BSON field 'collation.locale' is missing",
                "{locale: 1}                                 | 14    | is the wrong type 'int', expected type 'string'",
                "{locale: ''}                                | 2     | cannot be the empty string",
                "{locale: 'en_us'}                           | 2     | Did you mean 'en_US'?",
                "{locale: 'xx_yy'}                           | 2     | Field 'locale' is invalid in: { locale: \"xx_yy\" }",
                "{locale: 'simple', strength: 2}             | 9     | If locale=simple, no other fields should be present",
                "{locale: 'en', strength: 0}                 | 2     | Enumeration value '0' for field 'collation.strength'",
                "{locale: 'en', strength: {$numberDecimal: '5.5'}} | 2 | Enumeration value '6'",
                "{locale: 'en', strength: '3'}               | 14    | expected types",
                "{locale: 'en', caseLevel: 1}                | 14    | expected type 'bool'",
                "{locale: 'en', backwards: null}             | 14    | wrong type 'null'",
                "{locale: 'en', caseFirst: 'x'}              | 2     | is not a valid value",
                "{locale: 'en', alternate: 'x'}              | 2     | is not a valid value",
                "{locale: 'en', maxVariable: 'symbol'}       | 2     | is not a valid value",
                "{locale: 'en', version: '58'}               | 161   | Requested collation version 58",
                "{locale: 'en', Strength: 2}                 | 40415 | BSON field 'collation.Strength' is an unknown field.",
                "{locale: 'en', strength: 2, caseFirst: 'upper'} | 2 | 'caseFirst' is invalid unless 'caseLevel' is on",
                "{locale: 'en', strength: 1, backwards: true}    | 2 | 'backwards' is invalid with 'strength' of 1"
            })
    void a_wrong_document_is_refused(String spec, int code, String message) {
        assertThatThrownBy(() -> parse(spec)).isInstanceOfSatisfying(CommandException.class, e -> {
            assertThat(e.code().number()).isEqualTo(code);
            assertThat(e.message()).contains(message);
        });
    }

    @Test
    void options_may_be_null() {
        assertThat(parse("{locale: 'en', strength: null, caseLevel: null, version: null}"))
                .isEqualTo(parse("{locale: 'en'}"));
        assertThat(parse("{locale: 'en', strength: 2.9}")).isEqualTo(parse("{locale: 'en', strength: 2}"));
    }

    @Test
    void a_filter_compares_by_its_collation_and_a_regular_expression_does_not() {
        assertThat(matches("{a: 'X'}", "{a: 'x'}")).isTrue();
        assertThat(matches("{a: {$in: ['X', 1]}}", "{a: ['y', 'x']}")).isTrue();
        assertThat(matches("{a: {$nin: ['X']}}", "{a: 'x'}")).isFalse();
        assertThat(matches("{a: {$all: ['X', 'Y']}}", "{a: ['y', 'x']}")).isTrue();
        assertThat(matches("{a: {$elemMatch: {$gte: 'B', $lt: 'C'}}}", "{a: ['a', 'b']}"))
                .isTrue();
        assertThat(matches("{a: {$elemMatch: {b: 'X'}}}", "{a: [{b: 'x'}]}")).isTrue();
        assertThat(matches("{a: {b: ['X']}}", "{a: {b: ['x']}}")).isTrue();
        assertThat(matches("{a: {$ne: 'X'}}", "{a: 'x'}")).isFalse();
        assertThat(matches("{a: {$gt: 'B'}}", "{a: 'a'}")).isFalse();
        assertThat(matches("{a: /X/}", "{a: 'x'}")).isFalse();
        assertThat(matches("{a: {$in: [/X/, 'q']}}", "{a: 'X'}")).isTrue();
        assertThat(matches("{a: {$in: [/X/, 'q']}}", "{a: 'x'}")).isFalse();
        assertThat(matches("{a: {$in: ['q', null]}}", "{}")).isTrue();
    }

    private static boolean matches(String filter, String document) {
        return Filter.compile(Json.doc(filter), parse("{locale: 'en', strength: 2}"))
                .matches(Json.doc(document));
    }

    private static Value document(String json) {
        return Value.document(Json.doc(json));
    }

    /** A short text of letters that are near each other in some language. */
    private static String text(Random random) {
        String letters = "aAbBéÉeEöÖoOñnzZåa\u0301 -_.019ßsßかカ\u00ad";
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static Collation parse(String spec) {
        return Collation.parse(Json.doc(spec), "collation");
    }
}

package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterErrorsTest {
    private static void assertRefused(Doc filter, int code, String message) {
        assertThatThrownBy(() -> Filter.compile(filter)).isInstanceOfSatisfying(CommandException.class, e -> {
            assertThat(e.message()).startsWith(message);
            assertThat(e.code().number()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{$foo: 1}                       | 2   | unknown top level operator: $foo. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
                "{$not: {a: 1}}                  | 2   | unknown top level operator: $not. If you are trying to negate an entire expression, use $nor.",
                "{a: {$foo: 1}}                  | 2   | unknown operator: $foo",
                "{a: {$gt: 1, b: 2}}             | 2   | unknown operator: b",
                "{$and: 1}                       | 2   | $and must be an array",
                "{$or: []}                       | 2   | $and/$or/$nor must be a nonempty array",
                "{$nor: [1]}                     | 2   | $or/$and/$nor entries need to be full objects",
                "{a: {$in: 1}}                   | 2   | $in needs an array",
                "{a: {$nin: 1}}                  | 2   | $nin needs an array",
                "{a: {$in: [{$gt: 1}]}}          | 2   | cannot nest $ under $in",
                "{a: {$not: 1}}                  | 2   | $not needs a regex or a document",
                "{a: {$not: {}}}                 | 2   | $not cannot be empty",
                "{a: {$ne: /x/}}                 | 2   | Can't have regex as arg to $ne.",
                "{a: {$gt: /x/}}                 | 2   | Can't have RegEx as arg to predicate over field 'a'.",
                "{a: {$regex: 1}}                | 2   | $regex has to be a string",
                "{a: {$options: 'i'}}            | 2   | $options needs a $regex",
                "{a: {$regex: 'x', $options: 1}} | 2   | $options has to be a string",
                "{a: {$regex: /x/i, $options: 'm'}} | 51075 | options set in both $regex and $options",
                "{a: {$options: 'm', $regex: /x/i}} | 51074 | options set in both $regex and $options",
                "{a: {$regex: '('}}              | 51091 | Regular expression is invalid: ",
                "{a: {$regex: 'x', $options: 'g'}} | 51108 | invalid flag in regex options: g",
                "{a: {$elemMatch: 1}}            | 2   | $elemMatch needs an Object",
                "{a: {$all: 1}}                  | 2   | $all needs an array",
                "{a: {$all: [{$gt: 1}]}}         | 2   | no $ expressions in $all",
                "{a: {$all: [{$elemMatch: {a: 1}}, 1]}} | 2 | $all/$elemMatch has to be consistent",
                "{a: {$size: 'x'}}               | 2   | Failed to parse $size. Expected a number in: $size: \"x\"",
                "{a: {$size: -1}}                | 2   | Failed to parse $size. Expected a non-negative number in: $size: -1",
                "{a: {$size: 1.5}}               | 2   | Failed to parse $size. Expected an integer: $size: 1.5",
                "{a: {$mod: 1}}                  | 2   | malformed mod, needs to be an array",
                "{a: {$mod: []}}                 | 2   | malformed mod, not enough elements",
                "{a: {$mod: [1]}}                | 2   | malformed mod, not enough elements",
                "{a: {$mod: [1, 1, 1]}}          | 2   | malformed mod, too many elements",
                "{a: {$mod: ['x', 1]}}           | 2   | malformed mod, divisor not a number",
                "{a: {$mod: [0, 1]}}             | 2   | divisor cannot be 0",
                "{a: {$mod: [1, NaN]}}           | 2   | malformed mod, remainder value is invalid :: caused by :: Unable to coerce NaN/Inf to integral type",
                "{a: {$type: 'what'}}            | 2   | Unknown type name alias: what",
                "{a: {$type: 99}}                | 2   | Invalid numerical type code: 99",
                "{a: {$type: 0}}                 | 2   | Invalid numerical type code: 0. Instead use {$exists:false}.",
                "{a: {$type: true}}              | 14  | type must be represented as a number or a string",
                "{a: {$type: []}}                | 9   | a must match at least one type",
                "{a: {$bitsAllSet: 'x'}}         | 2   | $bitsAllSet takes an Array, a number, or a BinData but received: $bitsAllSet: \"x\"",
                "{a: {$bitsAllSet: -1}}          | 9   | Expected a non-negative number in: $bitsAllSet: -1",
                "{a: {$bitsAllSet: [-1]}}        | 2   | bit positions must be >= 0 but got: 0: -1",
                "{a: {$undefined: true}}         | 2   | cannot compare to undefined",
                "{$where: 'x'}                   | 2   | $where is not allowed in this context",
                "{a: {$where: 'x'}}              | 2   | $where cannot be applied to a field",
                "{a: {$elemMatch: {$where: 'x'}}} | 2  | $elemMatch cannot contain $where expression",
                "{a: {$elemMatch: {$expr: 1}}}   | 2   | $expr can only be applied to the top-level document",
                "{$text: {$search: 'x'}}         | 2   | $text is not allowed in this context",
                "{a: {$near: [1, 2]}}            | 5626500 | $geoNear, $near, and $nearSphere are not allowed in this context",
                "{a: {$geoWithin: {$box: [[0, 0], 1]}}} | 2 | Point must be an array or object",
            })
    void mistakes_are_answered_as_mongodb_answers_them(String filter, int code, String message) {
        assertRefused(FilterSemanticsTest.doc(filter), code, message);
    }

    @Test
    void the_depth_of_filters_is_limited() {
        Doc and = FilterSemanticsTest.doc("{a: 1}");
        Doc not = FilterSemanticsTest.doc("{$gt: 1}");
        Doc elemMatch = FilterSemanticsTest.doc("{a: 1}");
        for (int i = 0; i < 150; i++) {
            and = new DocBuilder()
                    .startArray("$and")
                    .add(Value.document(and))
                    .end()
                    .buildDoc();
            not = new DocBuilder().append("$not", not).buildDoc();
            elemMatch = new DocBuilder()
                    .startDocument("a")
                    .append("$elemMatch", elemMatch)
                    .end()
                    .buildDoc();
        }
        String message = "exceeded maximum query tree depth of 100 at {";
        assertRefused(and, 2, message);
        assertRefused(new DocBuilder().append("a", not).buildDoc(), 2, message);
        assertRefused(elemMatch, 2, message);
    }

    @Test
    void a_catastrophic_regular_expression_is_given_up() {
        Filter filter = Filter.compile(FilterSemanticsTest.doc("{a: {$regex: '^(.*?,){20}P'}}"));
        Doc document = new DocBuilder().append("a", "1,".repeat(60)).buildDoc();
        assertThatThrownBy(() -> filter.matches(document))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.message()).contains("match limit exceeded"));
    }

    @Test
    void a_regular_expression_that_recurses_too_deep_is_given_up() {
        Filter filter = Filter.compile(FilterSemanticsTest.doc("{a: {$regex: '^(a|b)*$'}}"));
        Doc document = new DocBuilder().append("a", "ab".repeat(500_000)).buildDoc();
        assertThatThrownBy(() -> filter.matches(document))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.message()).contains("limit exceeded"));
    }
}

package dev.offshoot.mql;

import static dev.offshoot.mql.UpdateTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConstantExpressionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{$add: [1, 2]}",
                "{$concat: ['a', {$toUpper: 'b'}]}",
                "{a: 1, b: ['x', {$literal: '$y'}]}",
                "{$cond: [{$gt: [2, 1]}, 'yes', 'no']}",
                "'$$REMOVE'"
            })
    void what_depends_on_no_document_is_a_constant(String expression) {
        assertThat(Expression.compile(Json.value(expression)).isConstant()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'$a'", "'$$ROOT'", "'$$NOW'", "{$rand: {}}", "{$add: [1, '$a']}", "{x: '$a'}", "[1, '$a']"})
    void what_depends_on_a_document_the_clock_or_chance_is_none(String expression) {
        assertThat(Expression.compile(Json.value(expression)).isConstant()).isFalse();
    }

    @Test
    void constants_make_their_errors_while_they_are_compiled() {
        assertError(() -> Expression.compile(Json.value("{$divide: [1, 0]}")), 2, "can't $divide by zero");
        assertError(
                () -> Expression.compile(Json.value("{$add: ['$a', {$toInt: 'x'}]}")),
                241,
                "Failed to parse number 'x' in $convert with no onError value: Did not consume whole string.");
    }

    @Test
    void constants_at_the_begin_are_taken_together() {
        assertError(
                () -> Expression.compile(Json.value("{$add: [1, 'x', '$a']}")),
                14,
                "$add only supports numeric or date types, not string");
        Doc document = Json.doc("{a: -10}");
        Value taken =
                Expression.compile(Json.value("{$add: [2147483647, 1, '$a']}")).evaluate(document, Json.context());
        assertThat(taken).isEqualTo(Value.of(2_147_483_638L));
        Value behind =
                Expression.compile(Json.value("{$add: ['$a', 2147483647, 1]}")).evaluate(document, Json.context());
        assertThat(behind).isEqualTo(Value.of(2_147_483_638));
    }

    @Test
    void what_is_not_asked_for_makes_no_error() {
        Doc document = Json.doc("{a: 0, b: false}");
        Value value = Expression.compile(Json.value("{$cond: ['$b', {$divide: [1, '$a']}, 'safe']}"))
                .evaluate(document, Json.context());
        assertThat(value).isEqualTo(Value.of("safe"));
        Value and = Expression.compile(Json.value("{$and: ['$b', {$divide: [1, '$a']}]}"))
                .evaluate(document, Json.context());
        assertThat(and).isEqualTo(Value.of(false));
    }
}

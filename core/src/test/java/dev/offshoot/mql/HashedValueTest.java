package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashedValueTest {
    private static long hash(String json) {
        return HashedValue.of(Json.value(json));
    }

    @ParameterizedTest
    @CsvSource({"'string to hash',763543691661428748", "42,-944302157085130861"})
    void the_hash_is_that_of_mongodb(String text, long expected) {
        assertThat(hash(text.equals("42") ? text : "'" + text + "'")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42.0", "42.9", "{$numberLong: '42'}", "{$numberDecimal: '42.5'}"})
    void numbers_hash_as_what_they_are_without_their_fraction(String number) {
        assertThat(hash(number)).isEqualTo(hash("42"));
    }

    @Test
    void types_names_and_nesting_make_a_difference() {
        assertThat(new String[] {
                    "1",
                    "'1'",
                    "null",
                    "true",
                    "{a: 1}",
                    "{b: 1}",
                    "[1]",
                    "[[1]]",
                    "{a: {b: 1}}",
                    "{a: 1, b: 1}",
                    "{}",
                    "[]"
                })
                .extracting(HashedValueTest::hash)
                .doesNotHaveDuplicates();
    }
}

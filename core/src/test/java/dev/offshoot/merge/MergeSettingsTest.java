package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.mql.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MergeSettingsTest {
    @Test
    void a_star_says_of_each_collection_what_nothing_else_says_of_it() {
        MergeSettings settings = settings(
                "{modes: {'*': 'fieldDivergent', a: 'documentTouched'}, paths: {'*': {n: 'sum'}, b: {n: 'max'}}}");

        assertThat(settings.rules("a")).isEqualTo(rules("{mode: 'documentTouched', paths: {n: 'sum'}}"));
        assertThat(settings.rules("b")).isEqualTo(rules("{mode: 'fieldDivergent', paths: {n: 'max'}}"));
        assertThat(settings.rules("c")).isEqualTo(rules("{mode: 'fieldDivergent', paths: {n: 'sum'}}"));
        assertThat(settings("{paths: {b: {n: 'max'}}}").rules("b").mode()).isEqualTo(MergeMode.FIELD_TOUCHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{strategy: 'ours', modes: {a: 'fieldDivergent'}}",
                "{modes: {'*': 'fieldDivergent', a: 'documentTouched'}, paths: {'*': {n: 'sum'}, b: {n: 'max'}}}",
                "{modes: {a: 'documentTouched'}, paths: {'*': {n: 'sum'}}}"
            })
    void what_is_written_is_read_again(String written) {
        MergeSettings settings = settings(written);
        assertThat(MergeSettings.of(settings.toDoc())).isEqualTo(settings);
    }

    private static MergeSettings settings(String json) {
        return MergeSettings.of(Json.doc(json));
    }

    private static MergeRules rules(String json) {
        return MergeRules.of(Json.doc(json));
    }
}

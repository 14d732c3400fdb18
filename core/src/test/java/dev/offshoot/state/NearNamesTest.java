package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is suggested for a name that is not there. */
class NearNamesTest {
    private static final List<String> NAMES = List.of("dev", "feature-x", "feature-y", "main");

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "abc, abc, 0",
        "abc, '', 3",
        "abc, abd, 1",
        "abc, acb, 1",
        "abc, xabc, 1",
        "kitten, sitting, 3"
    })
    void a_distance_is_the_number_of_slips(String a, String b, int distance) {
        assertThat(NearNames.distance(a, b)).isEqualTo(distance);
        assertThat(NearNames.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void the_nearest_name_is_suggested_and_listed_first() {
        assertThat(NearNames.hint("it has", "featrue-y", NAMES))
                .isEqualTo("did you mean 'feature-y'? it has: feature-y, feature-x, dev, main");
        assertThat(NearNames.hint("it has", "MIAN", NAMES))
                .isEqualTo("did you mean 'main'? it has: main, dev, feature-x, feature-y");
    }

    @Test
    void nothing_is_suggested_when_nothing_is_near() {
        assertThat(NearNames.hint("it has", "release", NAMES)).isEqualTo("it has: dev, feature-x, feature-y, main");
        assertThat(NearNames.hint("it has", "x", List.of("a", "b"))).isEqualTo("it has: a, b");
        assertThat(NearNames.hint("there are", "shop", List.of())).isEqualTo("there are: none");
    }

    @Test
    void a_long_list_is_cut_and_keeps_what_is_near() {
        List<String> many = IntStream.rangeClosed(10, 59)
                .mapToObj(i -> "branch-number-" + i)
                .toList();

        String hint = NearNames.hint("it has", "brnch-number-57", many);

        assertThat(hint).startsWith("did you mean 'branch-number-57'? it has: branch-number-57, ");
        assertThat(hint).endsWith(", and 30 more");
        assertThat(hint.split("branch-number-", -1)).hasSize(1 + 1 + 20);
    }
}

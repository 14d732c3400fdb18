package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.mql.CommandException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write as the name of a database, and what it means. */
class DatabaseReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "shop,                             shop, , ,",
        "shop@feature-x,                   shop, feature-x, ,",
        "shop~feature-x,                   shop, feature-x, ,",
        "shop~Feature_X2,                  shop, Feature_X2, ,",
        "shop~2x,                          shop, 2x, ,",
        "shop~2026-11-21,                  shop, 2026-11-21, ,",
        "shop@main@48211,                  shop, main, 48211,",
        "shop~main@48211,                  shop, main, 48211,",
        "shop~dev~0,                       shop, dev, 0,",
        "shop@main@2026-11-21T10:15:00Z,   shop, main, , 2026-11-21T10:15:00Z",
        "shop~main~2026-11-21t10:15:00.5z, shop, main, , 2026-11-21T10:15:00.500Z",
        "café_über-1,                      café_über-1, , ,",
        "ADMIN~x,                          ADMIN, x, ,",
    })
    void a_reference_names_project_branch_and_position(
            String text, String project, String branch, Long lsn, Instant time) {
        DatabaseReference reference = DatabaseReference.parse(text);

        assertThat(reference.text()).isEqualTo(text);
        assertThat(reference.project()).isEqualTo(project);
        assertThat(reference.branch()).isEqualTo(branch);
        assertThat(reference.position())
                .isEqualTo(lsn == null && time == null ? null : new DatabaseReference.Position(lsn, time));
        assertThat(reference.isSystem()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | 73 | 1 to 63 bytes",
                "~main                     | 73 | 1 to 63 bytes",
                "a.b                       | 73 | '.' may not stand",
                "a/b                       | 73 | '/' may not stand",
                "a\\b                      | 73 | '\\' may not stand",
                "a b                       | 73 | ' ' may not stand",
                "a$b                       | 73 | '$' may not stand",
                "shop~a~1~b                | 73 | at most a branch and a position",
                "shop~48211                | 73 | a position stands behind a branch: shop~main~48211",
                "shop~                     | 2  | cannot be a branch's name",
                "shop@@                    | 2  | cannot be a branch's name",
                "shop~feature/login        | 2  | try 'feature-login'",
                "shop@v1.2                 | 2  | try 'v1-2'",
                "shop~--x                  | 2  | try 'x'",
                "shop~-                    | 2  | a letter or digit first",
                "shop~bücher               | 2  | try 'b-cher'",
                "shop~48211~7              | 2  | all digits mean a position; try 'b48211'",
                "shop~main~yesterday       | 2  | 'yesterday' is not a position",
                "shop~main~-5              | 2  | '-5' is not a position",
                "shop~main~                | 2  | '' is not a position",
                "shop~main~99999999999999999999 | 2 | is not a position",
                "shop~main~2026-11-21      | 2  | is not a position",
            })
    void a_bad_reference_is_refused_with_what_would_be_right(String text, int code, String message) {
        assertThatThrownBy(() -> DatabaseReference.parse(text))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        e -> assertThat(e.code().number()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void a_time_without_a_branch_is_told_where_it_belongs() {
        assertThatThrownBy(() -> DatabaseReference.parse("shop~2026-11-21T10:15:00Z"))
                .hasMessageContaining("a position stands behind a branch: shop~main~2026-11-21T10:15:00Z");
        assertThat(DatabaseReference.parse("shop~2026-11-21").branch()).isEqualTo("2026-11-21");
    }

    @Test
    void names_are_limited_in_length() {
        assertThat(DatabaseReference.parse("p".repeat(63)).project()).hasSize(63);
        assertThat(DatabaseReference.parse("shop~" + "b".repeat(48)).branch()).hasSize(48);

        assertThatThrownBy(() -> DatabaseReference.parse("p".repeat(64))).hasMessageContaining("1 to 63 bytes");
        assertThatThrownBy(() -> DatabaseReference.parse("ü".repeat(32))).hasMessageContaining("1 to 63 bytes");
        assertThatThrownBy(() -> DatabaseReference.parse("shop~" + "b".repeat(49)))
                .hasMessageContaining("try '" + "b".repeat(48) + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"admin", "local", "config"})
    void databases_of_mongodb_itself_are_no_projects(String name) {
        assertThat(DatabaseReference.parse(name).isSystem()).isTrue();
    }
}

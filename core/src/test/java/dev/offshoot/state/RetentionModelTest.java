package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.RetentionProgram.Step;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random programs of changes that refer to the past, of cleanups and of damaged checkpoints. */
final class RetentionModelTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 60);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final int STEPS = 90;

    @Test
    void whatever_is_cleaned_up_or_damaged_what_retention_tags_and_merges_need_is_as_it_was() {
        Map<Step, Integer> done = new EnumMap<>(Step.class);
        long positions = 0;
        long bases = 0;
        long someClosed = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RetentionProgram program = run(seed);
            program.steps().forEach((step, n) -> done.merge(step, n, Integer::sum));
            positions += program.positions();
            bases += program.bases();
            someClosed += program.someClosed();
        }
        assertThat(done).containsOnlyKeys(Step.values());
        assertThat(positions).isGreaterThan(200L * SEEDS);
        assertThat(bases).isGreaterThan(SEEDS);
        assertThat(someClosed).isGreaterThan(SEEDS);
    }

    /** Projects that could not be opened or cleaned up any more, or positions that could not be read, behind a cleanup or a damaged checkpoint. */
    @ParameterizedTest
    @ValueSource(longs = {61, 207, 943, 1018, 1220, 1261, 1488, 1580, 1772, 2113, 3056})
    void what_partial_branches_began_with_is_found_whoever_refers_to_it(long seed) {
        assertThat(run(seed).positions()).isPositive();
    }

    private static RetentionProgram run(long seed) {
        RetentionProgram program = new RetentionProgram(seed);
        try {
            program.run(STEPS);
            return program;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + " (-Doffshoot.test.seed=" + seed + "):\n" + String.join("\n", program.trace()), e);
        }
    }
}

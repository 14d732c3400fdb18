package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.RetentionProgram.Step;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
            RetentionProgram program = new RetentionProgram(seed);
            try {
                program.run(STEPS);
                program.steps().forEach((step, n) -> done.merge(step, n, Integer::sum));
                positions += program.positions();
                bases += program.bases();
                someClosed += program.someClosed();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " (-Doffshoot.test.seed=" + seed + "):\n" + String.join("\n", program.trace()),
                        e);
            }
        }
        assertThat(done).containsOnlyKeys(Step.values());
        assertThat(positions).isGreaterThan(200L * SEEDS);
        assertThat(bases).isGreaterThan(SEEDS);
        assertThat(someClosed).isGreaterThan(SEEDS);
    }
}

package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.RandomProgram.Step;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import dev.offshoot.wal.SimulatedStore;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random programs of writes, branch events and looks at the past, against plain maps. */
final class StateModelTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 36);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final int STEPS = 70;

    private final Path folder;
    private final Map<Step, Integer> done = new EnumMap<>(Step.class);
    private long positions;
    private long entries;

    StateModelTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void the_state_at_every_lsn_is_what_plain_maps_say_and_survives_a_restart() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            run(seed);
        }
        assertThat(done).containsOnlyKeys(Step.values());
        assertThat(positions).isGreaterThan(100L * SEEDS);
        assertThat(entries).isGreaterThan(1000L * SEEDS);
    }

    private void run(long seed) {
        Path place = folder.resolve("seed-" + seed);
        try (Store store = open(seed, place)) {
            RandomProgram program = new RandomProgram(seed, store);
            program.run(STEPS);
            program.steps().forEach((step, n) -> done.merge(step, n, Integer::sum));
            check(program.checkPast(), seed);
            check(ConsistencyCheck.everyPosition(program.log(), program.project()), seed);
            program.close();
            restart(seed, store, place, program);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " (-Doffshoot.test.seed=" + seed + ")", e);
        }
    }

    private void restart(long seed, Store before, Path place, RandomProgram program) {
        before.close();
        try (Store store = before instanceof SimulatedStore simulated ? simulated.reopened() : open(seed, place)) {
            Project project = program.reopen(store);
            check(ConsistencyCheck.heads(program.log(), project), seed);
            check(program.compareHeads(project), seed);
        }
    }

    private void check(ConsistencyCheck check, long seed) {
        assertThat(check.problems()).as("seed %s", seed).isEmpty();
        positions += check.positions();
        entries += check.entries();
    }

    /** Every fourth on files, in many small segments. */
    private static Store open(long seed, Path place) {
        return seed % 4 == 0
                ? FileStore.open(
                        place,
                        FileStoreOptions.defaults().withSegmentBytesMax(4096).withSync(SyncPolicy.NEVER))
                : SimulatedStore.calm();
    }
}

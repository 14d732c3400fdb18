package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.HostileDisk;
import dev.offshoot.wal.Crew;
import dev.offshoot.wal.SimulatedLogStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole engine on stores that do all that stores may do, beside a model: each seed is another program of commands, faults and crashes.
 * Every fourth one is on a store as over a network, the others are on a disk.
 */
final class HostileStoreModelTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 300);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final int THREADS = 2;
    private static final int BATCH = 100;
    private static final int OVER_NETWORK_OF = 4;

    /** A rival is in ConcurrentWritersTest; a slow sync in HostileDiskModelTest. */
    private static final List<Object> OF_OTHERS =
            List.of(SimulatedLogStore.Fault.RIVAL, HostileDisk.Fault.SLOW, HostileDisk.Fault.DELETE_FAILED);

    @Test
    void what_was_acknowledged_is_there_once_and_consistent_after_all_that_a_store_does(@TempDir Path folder) {
        Map<String, Integer> counts = new TreeMap<>();
        for (long from = FIRST_SEED; from < FIRST_SEED + SEEDS; from += BATCH) {
            for (Map<String, Integer> part : new Crew().together(works(from, folder))) {
                part.forEach((what, times) -> counts.merge(what, times, Integer::sum));
            }
        }
        if (SEEDS >= 1000) {
            assertThat(counts.keySet()).as("what happened: %s", counts).containsAll(faults());
        }
        if (SEEDS >= 200) {
            assertThat(counts.keySet())
                    .as("what happened: %s", counts)
                    .contains("unknown", "not stored", "retried", "end lost", "recovered", "mergeBranch", "createTag")
                    .contains("past resetBranch", "past undrop", "past restore", "position gone", "renameCollection")
                    .contains("createIndexes", "dropIndexes", "drop", "dropBranch", "walCleanup", "walCheckpoint");
        }
        assertThat(counts.getOrDefault("position read", 0)).isGreaterThan(SEEDS);
    }

    /** A position folded while a project was opened kept a damaged page in use; a replay began too far back. */
    @Test
    void programs_that_once_failed_go_well(@TempDir Path folder) {
        for (long seed : new long[] {46_683, 20_774, 6_982}) {
            assertThat(run(seed, folder)).containsKey("position read");
        }
    }

    /** The programs of a batch, each by one of the threads. */
    private static List<Callable<Map<String, Integer>>> works(long from, Path folder) {
        long end = Math.min(from + BATCH, FIRST_SEED + SEEDS);
        List<Callable<Map<String, Integer>>> works = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            long first = from + thread;
            works.add(() -> {
                Map<String, Integer> counts = new TreeMap<>();
                for (long seed = first; seed < end; seed += THREADS) {
                    run(seed, folder).forEach((what, times) -> counts.merge(what, times, Integer::sum));
                }
                return counts;
            });
        }
        return works;
    }

    private static List<String> faults() {
        return Stream.concat(
                        Stream.of(HostileDisk.Fault.values())
                                .filter(fault -> !OF_OTHERS.contains(fault))
                                .map(fault -> "disk " + fault),
                        Stream.of(SimulatedLogStore.Fault.values())
                                .filter(fault -> !OF_OTHERS.contains(fault))
                                .map(fault -> "log " + fault))
                .toList();
    }

    private static Map<String, Integer> run(long seed, Path folder) {
        HostileWorld world = seed % OVER_NETWORK_OF == 0
                ? new HostileWorld.OverNetwork(seed)
                : new HostileWorld.OnDisk(folder.resolve("s" + seed), HostileWorld.random(seed));
        HostileProgram program = new HostileProgram(seed, world);
        try {
            program.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + " (-Doffshoot.test.seed=" + seed + ")\n" + String.join("\n", program.trace()), e);
        }
        return program.counts();
    }
}

package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import dev.offshoot.wal.SimulatedStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two engines get the same commands, and only one of them makes checkpoints, removes all history that nobody needs, and is started again now
 * and then. What it answers has to be what the other one answers, but for commands that name history which was removed: they fail, and say so.
 */
class CleanedTwinTest {
    private static final int PROGRAMS = Integer.getInteger("offshoot.test.twins", 40);
    private static final FileStoreOptions FILES =
            FileStoreOptions.defaults().withSync(SyncPolicy.NEVER).withSegmentBytesMax(4096);
    private static final int FIRST_SEED = Integer.getInteger("offshoot.test.seed", 0);

    @Test
    void what_is_cleaned_up_is_missed_by_nobody(@TempDir Path folder) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            run(seed, folder, false, counts);
        }
        assertThat(counts)
                .containsKeys(
                        "cleaned",
                        "gone",
                        "merged",
                        "fastForward",
                        "upToDate",
                        "conflicts",
                        "refused",
                        "versions",
                        "whole log",
                        "shorter log");
    }

    /**
     * A history of a document that began with a branch of nothing never ended; a log, and a history, failed that showed a restore whose source is
     * gone; and so did the base of a tag with itself, and what two bases of a partial branch have in common. Tags and resets took positions
     * that only a cache had.
     */
    @Test
    void programs_that_once_failed_go_well(@TempDir Path folder) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int seed : new int[] {
            9169, 20_194, 20_633, 40_034, 50_104, 60_004, 71_993, 80_878, 90_586, 100_123, 121_936, 133_036, 144_624
        }) {
            run(seed, folder, false, counts);
        }
        assertThat(counts).containsKeys("cleaned", "versions");
    }

    @Test
    void what_is_restored_from_an_archive_goes_on_as_if_nothing_had_been(@TempDir Path folder) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            run(seed, folder, true, counts);
        }
        assertThat(counts).containsKeys("cleaned", "merged", "shipped", "trimmed", "restored");
    }

    @Test
    void two_processes_on_a_store_answer_as_one(@TempDir Path folder) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            together(seed, folder, counts);
        }
        assertThat(counts).containsKeys("cleaned", "gone", "merged", "conflicts", "shorter log");
    }

    /** A rebase that waited lost the log that it needed, on a store that trims its log to the record. */
    @Test
    void programs_of_two_processes_that_once_failed_go_well(@TempDir Path folder) {
        Map<String, Integer> counts = new TreeMap<>();
        together(190_057, folder, counts);
        assertThat(counts).containsKeys("cleaned", "conflicts");
    }

    private static void together(int seed, Path folder, Map<String, Integer> counts) {
        SimulatedStore store = SimulatedStore.calmAndShared(System::currentTimeMillis);
        try (Commander whole = Commander.open(folder.resolve("whole" + seed), EngineOptions.DEFAULT, FILES);
                Commander one = Commander.on(store);
                Commander two = Commander.on(store)) {
            one.run("admin", "{createProject: 'p'}");
            new TwinProgram(whole, List.of(one, two), null, seed, counts).run();
        }
    }

    private static void run(int seed, Path folder, boolean archived, Map<String, Integer> counts) {
        EngineOptions options = EngineOptions.DEFAULT;
        try (Commander whole = Commander.open(folder.resolve("whole" + seed), options, FILES);
                Commander cleaned = Commander.open(folder.resolve("cleaned" + seed), options, FILES)) {
            TwinArchive archive = archived ? new TwinArchive(cleaned, seed) : null;
            new TwinProgram(whole, List.of(cleaned), archive, seed, counts).run();
        }
    }
}

package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Crew;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Positions that are named the moment they come into being, while a writer goes on. */
final class AcknowledgedPositionTest {
    private static final int WRITES = 20_000;
    private static final Origin ORIGIN = new Origin("test", "insert", Branch.MAIN, "c");

    private final Random random = new Random(1);
    private final Projects projects = new Projects(
            SimulatedStore.calm(),
            new Materializer(1 << 20),
            CheckpointPolicy.onDemand(),
            TestClocks.of(() -> 1000, random));
    private final Project project = projects.findOrCreate("shop", ORIGIN);
    private final Branch main = project.branch(Branch.MAIN);

    @Test
    void the_newest_position_reads_as_the_state_it_names() {
        write(new Change.CreateCollection("c", new DocBuilder().build()));
        long collection = project.lastLsn();
        Crew crew = new Crew();
        FutureTask<Long> writer = crew.start(() -> {
            for (int i = 0; i < WRITES; i++) {
                write(new Change.Put(
                        collection,
                        Change.made(0),
                        new DocBuilder().append("_id", i).build()));
            }
            return project.lastLsn();
        });
        int positions = 0;
        for (long lsn = 0; lsn < WRITES; ) {
            long newest = project.lastLsn();
            if (newest > lsn) {
                lsn = newest;
                positions++;
                assertThat(project.at(main, lsn).lsn()).isEqualTo(lsn);
            }
        }
        assertThat(crew.join(writer)).isEqualTo(2L + WRITES);
        assertThat(positions).isGreaterThan(10);
    }

    private void write(Change change) {
        boolean done = project.write(main, ORIGIN, turn -> new Draft<>(true, List.of(change), List.of()));
        assertThat(done).isTrue();
    }
}

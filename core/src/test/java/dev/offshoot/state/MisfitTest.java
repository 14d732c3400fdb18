package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Crew;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes that do not fit the state they are made for, as a bug might make them: they are refused before anything is logged. */
final class MisfitTest {
    private static final Origin ORIGIN = new Origin("test", "mergeBranch", Branch.MAIN, "c");
    private static final byte[] OPTIONS = new DocBuilder().build();

    private final Random random = new Random(1);
    private final SimulatedStore store = SimulatedStore.calm();
    private final Project project = open(store).findOrCreate("shop", ORIGIN);
    private final Branch main = project.branch(Branch.MAIN);
    private final long collection;
    private final long record;

    MisfitTest() {
        write(new Change.CreateCollection("c", OPTIONS));
        collection = project.lastLsn();
        write(new Change.Put(collection, Change.made(0), document(1)));
        record = project.lastLsn();
        write(new Change.CreateIndex(collection, index("n")));
        write(new Change.CreateCollection("d", OPTIONS));
    }

    @AfterEach
    void close() {
        project.close();
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                misfit("a put into a collection that is not there", (c, r) -> new Change.Put(99, 1, document(5))),
                misfit("a deletion of a record that is not there", (c, r) -> new Change.Delete(c, 99)),
                misfit("a delta of a record that is not there", (c, r) -> Change.update(c, 99, large(1), large(2))),
                misfit("a delta of another version", (c, r) -> Change.update(c, r, large(1), large(2))),
                misfit("a second document of one _id", (c, r) -> new Change.Put(c, Change.made(1), document(1))),
                misfit("a record of the future", (c, r) -> new Change.Put(c, 1L << 62, document(5))),
                misfit("a collection whose name is taken", (c, r) -> new Change.CreateCollection("d", OPTIONS)),
                misfit("a name that is taken", (c, r) -> new Change.RenameCollection(c, "d")),
                misfit("a drop of a collection that is not there", (c, r) -> new Change.DropCollection(99)),
                misfit("options of a collection that is not there", (c, r) -> new Change.AlterCollection(99, OPTIONS)),
                misfit("an index whose name is taken", (c, r) -> new Change.CreateIndex(c, index("n"))),
                misfit("an index that makes no sense", (c, r) -> new Change.CreateIndex(c, document(1))),
                misfit("a drop of an index that is not there", (c, r) -> new Change.DropIndex(c, 99)),
                misfit("another specification of no index", (c, r) -> new Change.AlterIndex(c, 99, index("m"))),
                misfit(
                        "a collection of a state that is not at hand",
                        (c, r) -> new Change.RestoreCollection(2, 3, c, "e")),
                misfit("a reset that is not first", (c, r) -> new Change.Reset(2, 3)),
                misfit("a merge that is not first", (c, r) -> new Change.Merge(2, 3)),
                misfit("a change of branches", (c, r) -> new Change.DropBranch(2)));
    }

    private static Arguments misfit(String name, BiFunction<Long, Long, Change> change) {
        return Arguments.of(name, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misfits")
    void what_does_not_fit_is_refused_and_the_log_stays_clean(String name, BiFunction<Long, Long, Change> misfit) {
        long lsn = project.lastLsn();
        Change fits = new Change.Put(collection, Change.made(0), document(4));

        assertThatThrownBy(() -> write(fits, misfit.apply(collection, record)))
                .as(name)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("mergeBranch", "branch 'main'", "nothing was written");

        assertThat(project.lastLsn()).isEqualTo(lsn);
        assertThat(project.head(main).collection("c")).isNotNull();
        goesOn(lsn);
    }

    @Test
    void a_merge_of_what_is_to_come_is_refused() {
        long lsn = project.lastLsn();
        assertThatThrownBy(() -> write(new Change.Merge(main.id(), lsn + 10))).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> write(new Change.Merge(lsn + 10, 1))).isInstanceOf(AssertionError.class);
        goesOn(lsn);
    }

    /** Who is refused has reserved nothing, so whoever writes to other branches meanwhile is not disturbed. */
    @Test
    void writers_of_other_branches_go_on_beside_what_is_refused() {
        Branch dev = project.createBranch("dev", main, null, ORIGIN);
        Crew crew = new Crew();
        FutureTask<Integer> writer = crew.start(() -> {
            for (int i = 0; i < 2000; i++) {
                byte[] document = document(100 + i);
                boolean done = project.write(
                        dev,
                        ORIGIN,
                        turn -> new Draft<>(
                                true, List.of(new Change.Put(collection, Change.made(0), document)), List.of()));
                assertThat(done).isTrue();
            }
            return 2000;
        });
        int refused = 0;
        int written = 0;
        while (!writer.isDone()) {
            int id = 10_000 + written++;
            write(new Change.Put(collection, Change.made(0), document(id)));
            try {
                write(new Change.Put(collection, Change.made(0), document(id)));
            } catch (AssertionError e) {
                refused++;
            }
        }
        assertThat(crew.join(writer)).isEqualTo(2000);
        assertThat(refused).isEqualTo(written).isPositive();
        List<Snapshot> live = List.of(project.head(main), project.head(dev));
        assertThat(count(live.get(0))).isEqualTo(1 + written);
        assertThat(count(live.get(1))).isEqualTo(2001);
        try (Project again = reopened()) {
            for (Snapshot state : live) {
                Branch branch = again.catalog().existing(state.branch());
                assertThat(count(again.head(branch))).isEqualTo(count(state));
                assertThat(again.replay(branch, again.lastLsn(), () -> {}).isSame())
                        .isTrue();
            }
        }
    }

    /** The project takes the next write, and whoever opens it anew finds that and nothing else. */
    private void goesOn(long lsn) {
        write(new Change.Put(collection, Change.made(0), document(3)));
        assertThat(project.lastLsn()).isEqualTo(lsn + 1);
        try (Project again = reopened()) {
            assertThat(again.lastLsn()).isEqualTo(lsn + 1);
            assertThat(count(again.head(again.branch(Branch.MAIN)))).isEqualTo(2);
        }
    }

    private static long count(Snapshot state) {
        return Objects.requireNonNull(state.collection("c")).count();
    }

    private Project reopened() {
        return Objects.requireNonNull(open(store.reopened()).find("shop"));
    }

    private void write(Change... changes) {
        List<Change> all = new ArrayList<>(Arrays.asList(changes));
        boolean done = project.write(main, ORIGIN, turn -> new Draft<>(true, all, List.of()));
        assertThat(done).isTrue();
    }

    private static byte[] document(int id) {
        return new DocBuilder().append("_id", id).append("n", id).build();
    }

    private static byte[] large(int n) {
        return new DocBuilder()
                .append("_id", 1)
                .append("text", "x".repeat(2000))
                .append("n", n)
                .build();
    }

    private static byte[] index(String field) {
        Doc spec = new DocBuilder()
                .append("v", 2)
                .startDocument("key")
                .append(field, 1)
                .end()
                .append("name", field)
                .buildDoc();
        return spec.toBytes();
    }

    private Projects open(SimulatedStore on) {
        return new Projects(
                on, new Materializer(1 << 20), CheckpointPolicy.onDemand(), TestClocks.of(() -> 1000, random));
    }
}

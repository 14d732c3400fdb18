package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.mql.CommandException;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.StoreSteps;
import dev.offshoot.store.WatchedStore;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.SimulatedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** One process refers to positions while another one on the same store cleans up. */
final class SharedReferenceTest extends RetentionScene {
    /** The version of the document at the position that is referred to. */
    private static final int VERSION = 3;

    private int step;
    private int meanwhileAt;
    private Runnable meanwhile = () -> {};
    private List<Long> at = List.of();

    /** What refers to a position, and where its state is seen then. */
    private record Referring(BiConsumer<Project, Long> commit, String seenAt) {}

    private static final List<Referring> ALL = List.of(
            new Referring((to, lsn) -> to.createTag("tag", to.branch("main"), lsn, ORIGIN), "tag"),
            new Referring((to, lsn) -> to.createBranch("fork", to.branch("main"), lsn, ORIGIN), "fork"),
            new Referring(
                    (to, lsn) -> {
                        Snapshot target = to.at(to.branch("main"), lsn);
                        to.write(
                                to.branch("late"),
                                ORIGIN,
                                turn -> new Statement.Draft<>(
                                        0,
                                        List.of(new Change.Reset(target.branch(), lsn)),
                                        List.of(),
                                        new Statement.Referred(List.of(target))));
                    },
                    "late"));

    @Test
    void whatever_step_of_a_commit_another_process_cleans_up_at_what_the_log_refers_to_is_there() {
        int kept = 0;
        int refused = 0;
        for (Referring referring : ALL) {
            boolean more = true;
            for (int n = 1; more; n++) {
                begin();
                Project one = open(watched(n));
                Project two = open(projects());
                step = 0;
                meanwhile = () -> clean(two);
                boolean done = isDone(() -> referring.commit().accept(one, at.get(VERSION)));
                more = meanwhileAt <= step;
                meanwhile = () -> {};
                requireThere(referring, done);
                kept += done ? 1 : 0;
                refused += done ? 0 : 1;
            }
        }
        assertThat(kept).isGreaterThan(10);
        assertThat(refused).isPositive();
    }

    @Test
    void whatever_step_of_a_cleanup_another_process_refers_to_a_position_at_it_is_there_or_refused() {
        int kept = 0;
        int refused = 0;
        for (Referring referring : ALL) {
            boolean more = true;
            for (int n = 1; more; n++) {
                begin();
                Project one = open(projects());
                Project two = open(watched(n));
                step = 0;
                List<Boolean> done = new ArrayList<>();
                meanwhile = () -> done.add(isDone(() -> referring.commit().accept(one, at.get(VERSION))));
                clean(two);
                more = meanwhileAt <= step;
                meanwhile = () -> {};
                boolean isDone = done.contains(true);
                requireThere(referring, isDone);
                kept += isDone ? 1 : 0;
                refused += done.contains(false) ? 1 : 0;
            }
        }
        assertThat(kept).isGreaterThan(10);
        assertThat(refused).isPositive();
    }

    /** That process is between its look and its append, and goes on once the cleanup has ended. */
    @Test
    void
            whatever_step_of_a_cleanup_a_process_says_at_that_it_refers_to_a_position_it_stays_or_that_process_is_warned() {
        int kept = 0;
        int warned = 0;
        boolean more = true;
        for (int n = 1; more; n++) {
            begin();
            CheckpointStore manifests = store.checkpoints("p1");
            Project two = open(watched(n));
            step = 0;
            List<Boolean> goesOn = new ArrayList<>();
            meanwhile = () -> {
                manifests.need("one-referring", at.get(VERSION), millis.get() + MINUTE);
                boolean isRemoving =
                        manifests.needs(millis.get()).keySet().stream().anyMatch(who -> who.endsWith("-removing"));
                goesOn.add(!isRemoving
                        && isDone(() -> assertThat(look(open(projects()))).isEqualTo(VERSION)));
            };
            clean(two);
            more = meanwhileAt <= step;
            reopen();
            if (goesOn.contains(true)) {
                assertThat(look(project)).isEqualTo(VERSION);
                kept++;
            }
            warned += goesOn.contains(false) ? 1 : 0;
        }
        assertThat(kept).isGreaterThan(10);
        assertThat(warned).isPositive();
    }

    private int look(Project in) {
        return version(in.at(in.branch("main"), at.get(VERSION)));
    }

    /** Ten versions, the oldest of which fall out of retention with the next cleanup. */
    private void begin() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        project.createBranch("late", project.branch("main"), null, ORIGIN);
        List<Long> positions = new ArrayList<>();
        checkpoint();
        for (int i = 0; i < 10; i++) {
            positions.add(write("main", i));
        }
        checkpoint();
        at = positions;
        millis.addAndGet(100 * MINUTE);
    }

    /** The projects as a process sees them in whose n-th step from now another one has its turn. */
    private Projects watched(int n) {
        meanwhileAt = n;
        Store watched = new WatchedStore(store, new StoreSteps(name -> {
            step++;
            if (step == meanwhileAt) {
                Runnable turn = meanwhile;
                meanwhile = () -> {};
                turn.run();
            }
        }));
        return projects(watched);
    }

    private void clean(Project by) {
        by.follow();
        by.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
    }

    private static boolean isDone(Runnable commit) {
        try {
            commit.run();
            return true;
        } catch (CommandException | StoreException e) {
            assertThat(e.getMessage()).containsAnyOf("no longer kept", "is cleaning up", "the log begins at");
            return false;
        }
    }

    private void requireThere(Referring referring, boolean done) {
        reopen();
        for (int i = 0; i < 2; i++) {
            assertThat(version(project.head("main"))).isEqualTo(9);
            if (done) {
                assertThat(version(seen(referring.seenAt()))).isEqualTo(VERSION);
            }
            millis.addAndGet(100 * MINUTE);
            clean(project);
            reopen();
        }
    }

    private Snapshot seen(String name) {
        Tag tag = project.catalog().tag(name);
        return tag == null ? project.head(name) : project.at(project.branch("main"), tag.lsn());
    }
}

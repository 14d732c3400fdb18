package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.mql.CommandException;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreSteps;
import dev.offshoot.store.WatchedStore;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One process opens the project, writes and makes checkpoints while another one on the same store cleans up. */
final class SharedCleanupTest extends SharedScene {
    /** Of the versions. */
    private final List<Long> positions = new ArrayList<>();

    @Test
    void whatever_step_another_process_cleans_up_at_who_opens_and_makes_a_checkpoint_finds_all() {
        int steps = everyStep(n -> {
            begin();
            Project cleaner = open(projects());
            boolean interrupted = isInterrupted(n, () -> work(watched()), () -> clean(cleaner));
            requireWhole();
            return interrupted;
        });
        assertThat(steps).isGreaterThan(20);
    }

    @Test
    void whatever_step_of_a_cleanup_another_process_opens_and_makes_a_checkpoint_at_it_finds_all() {
        int steps = everyStep(n -> {
            begin();
            Project cleaner = open(watched());
            boolean interrupted = isInterrupted(n, () -> clean(cleaner), () -> work(projects()));
            if (interrupted) {
                requireWhole();
            }
            return interrupted;
        });
        assertThat(steps).isGreaterThan(20);
    }

    @Test
    void whatever_step_of_a_cleanup_another_process_cleans_up_at_all_that_has_to_stay_does() {
        List<Boolean> done = new ArrayList<>();
        Retention some = new Retention(104 * MINUTE, 0);
        Retention nothing = new Retention(0, 0);
        for (Retention one : List.of(some, nothing)) {
            Retention two = one.equals(some) ? nothing : some;
            everyStep(n -> {
                begin(10);
                work(projects());
                project.follow();
                long lsn = positions.get(7);
                project.createTag("tag", project.branch("main"), lsn, ORIGIN);
                Project cleaner = open(watched());
                Project other = open(projects());
                boolean interrupted =
                        isInterrupted(n, () -> done.add(isDone(cleaner, one)), () -> done.add(isDone(other, two)));
                assertThat(cleaner.isToBeReopened()).isFalse();
                if (interrupted) {
                    requireWhole();
                    assertThat(version(project.at(project.branch("main"), lsn))).isEqualTo(7);
                }
                return interrupted;
            });
        }
        assertThat(done).contains(true, false);
    }

    @Test
    void damage_that_a_cleanup_meets_behind_what_it_removed_is_no_other_process() {
        begin();
        int manifests = manifests();
        Project cleaner = open(projects(new WatchedStore(store, new StoreSteps(name -> {
            if (name.equals("sweep.before")) {
                throw new CorruptionException("a page is damaged");
            }
        }))));
        assertThatThrownBy(() -> clean(cleaner))
                .isInstanceOf(CorruptionException.class)
                .hasMessage("a page is damaged");
        assertThat(manifests()).isLessThan(manifests);
    }

    private int manifests() {
        return store.checkpoints("p1").list().size();
    }

    private boolean isDone(Project cleaner, Retention retention) {
        try {
            clean(cleaner, retention);
            return true;
        } catch (CommandException e) {
            assertThat(e.getMessage()).contains("another process is cleaning up");
            return false;
        }
    }

    @Override
    void begin() {
        begin(6);
    }

    private void begin(int versions) {
        super.begin();
        positions.clear();
        positions.add(project.lastLsn());
        for (int i = 1; i <= versions; i++) {
            positions.add(write("main", i));
            if (i % 2 == 0) {
                checkpoint();
            }
        }
        millis.addAndGet(100 * MINUTE);
    }

    private void work(Projects by) {
        Project opened = open(by);
        write(opened, "late", new Change.Put(2, 3, document(0, 7)));
        write(opened, "main", new Change.Put(2, 153, document(150, 9)));
        opened.checkpoints().checkpoint();
        write(opened, "main", new Change.Put(2, 154, document(151, 9)));
        millis.incrementAndGet();
    }

    private void requireWhole() {
        for (int i = 0; i < 3; i++) {
            reopen();
            assertThat(version(project.head("late"), 0)).isEqualTo(7);
            assertThat(version(project.head("main"))).isEqualTo(9);
            assertThat(version(project.head("main"), 151)).isEqualTo(9);
            assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
            assertThat(readAll(project.head("late"))).isEqualTo(DOCUMENTS);
            assertThat(Validation.of(store, "shop", () -> {}).problems()).isEmpty();
            millis.addAndGet(100 * MINUTE);
            checkpoint();
            clean(project);
        }
    }
}

package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.Store;
import dev.offshoot.store.StoreSteps;
import dev.offshoot.store.WatchedStore;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.SimulatedStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One process opens the project, writes and makes checkpoints while another one on the same store cleans up. */
final class SharedCleanupTest extends RetentionScene {
    private int step;
    private int meanwhileAt;
    private Runnable meanwhile = () -> {};

    @Test
    void whatever_step_another_process_cleans_up_at_who_opens_and_makes_a_checkpoint_finds_all() {
        boolean more = true;
        int n = 0;
        while (more) {
            begin(++n);
            Project cleaner = open(projects());
            meanwhile = () -> clean(cleaner);
            work(projects(watched()));
            more = meanwhileAt <= step;
            requireWhole();
        }
        assertThat(n).isGreaterThan(20);
    }

    @Test
    void whatever_step_of_a_cleanup_another_process_opens_and_makes_a_checkpoint_at_it_finds_all() {
        boolean more = true;
        int n = 0;
        while (more) {
            begin(++n);
            Project cleaner = open(projects(watched()));
            step = 0;
            meanwhile = () -> work(projects());
            clean(cleaner);
            more = meanwhileAt <= step;
            meanwhile.run();
            requireWhole();
        }
        assertThat(n).isGreaterThan(20);
    }

    private void begin(int n) {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        project.createBranch("late", project.branch("main"), null, ORIGIN);
        checkpoint();
        for (int i = 1; i <= 6; i++) {
            write("main", i);
            if (i % 2 == 0) {
                checkpoint();
            }
        }
        millis.addAndGet(100 * MINUTE);
        step = 0;
        meanwhileAt = n;
    }

    private Store watched() {
        return new WatchedStore(store, new StoreSteps(name -> {
            step++;
            if (step == meanwhileAt) {
                Runnable turn = meanwhile;
                meanwhile = () -> {};
                turn.run();
            }
        }));
    }

    private void work(Projects by) {
        Project opened = open(by);
        write(opened, "late", new Change.Put(2, 3, document(0, 7)));
        write(opened, "main", new Change.Put(2, 153, document(150, 9)));
        opened.checkpoints().checkpoint();
        write(opened, "main", new Change.Put(2, 154, document(151, 9)));
        millis.incrementAndGet();
    }

    private void clean(Project by) {
        by.follow();
        by.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
    }

    private void requireWhole() {
        for (int i = 0; i < 3; i++) {
            reopen();
            assertThat(version(project.head("late"), 0)).isEqualTo(7);
            assertThat(version(project.head("main"))).isEqualTo(9);
            assertThat(version(project.head("main"), 151)).isEqualTo(9);
            assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
            assertThat(readAll(project.head("late"))).isEqualTo(DOCUMENTS);
            List<String> problems =
                    new ArrayList<>(Validation.of(store, "shop", () -> {}).problems());
            assertThat(problems).isEmpty();
            millis.addAndGet(100 * MINUTE);
            checkpoint();
            clean(project);
        }
    }
}

package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.wal.Change;
import org.junit.jupiter.api.Test;

/** One process opens the project, writes and makes checkpoints while another one on the same store cleans up. */
final class SharedCleanupTest extends SharedScene {
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

    @Override
    void begin() {
        super.begin();
        for (int i = 1; i <= 6; i++) {
            write("main", i);
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

package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.mql.CommandException;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One process reads past positions while another one on the same store cleans up. */
final class SharedReadingTest extends SharedScene {
    private static final Retention LITTLE = new Retention(0, 0);
    private static final Retention ALL = Retention.FOREVER.withoutGrace();

    /** Where is read: a branch and a version of a document there. */
    private record Place(String branch, int version) {}

    private static final List<Place> PLACES = List.of(new Place("late", 1), new Place("main", 5), new Place("late", 9));

    private List<Long> at = List.of();

    @Test
    void whatever_step_of_a_read_another_process_cleans_up_at_what_is_kept_is_seen() {
        assertThat(readWhileCleaned(ALL)).doesNotContain(false);
    }

    @Test
    void whatever_step_of_a_read_another_process_removes_the_past_at_it_is_seen_or_no_longer_kept() {
        assertThat(readWhileCleaned(LITTLE)).contains(true, false);
    }

    @Test
    void whatever_step_of_a_cleanup_another_process_begins_to_read_at_what_is_kept_is_seen() {
        assertThat(cleanWhileRead(ALL, false)).doesNotContain(false);
    }

    @Test
    void whatever_step_of_a_removal_another_process_begins_to_read_at_the_past_is_seen_or_no_longer_kept() {
        assertThat(cleanWhileRead(LITTLE, false)).contains(true, false);
    }

    @Test
    void whatever_step_of_a_removal_the_same_process_begins_to_read_at_the_past_is_seen_or_no_longer_kept() {
        assertThat(cleanWhileRead(LITTLE, true)).contains(true, false);
    }

    @Test
    void whatever_step_another_process_cleans_up_at_a_checkpoint_is_copied_or_gone() {
        List<Boolean> copied = new ArrayList<>();
        everyStep(n -> {
            begin();
            Project source = open(watched());
            Project cleaner = open(projects());
            long lsn = source.checkpoints().list().get(0);
            boolean interrupted =
                    isInterrupted(n, () -> copied.add(isCopied(source, lsn)), () -> clean(cleaner, LITTLE));
            assertThat(source.isToBeReopened()).isFalse();
            return interrupted;
        });
        assertThat(copied).contains(true, false);
    }

    private static boolean isCopied(Project source, long lsn) {
        try {
            List<PageId> pages = new ArrayList<>();
            source.content().pages(lsn, pages::add);
            return !pages.isEmpty();
        } catch (CorruptionException e) {
            assertThat(e.getMessage()).contains("checkpoint " + lsn, "found none");
            return false;
        }
    }

    /** With a cleanup at each step of a read in turn; whether each read saw its position. */
    private List<Boolean> readWhileCleaned(Retention retention) {
        return everyPosition((n, place) -> {
            Reader reader = new Reader(open(watched()), place);
            Project cleaner = open(projects());
            boolean interrupted = isInterrupted(
                    n,
                    () -> {
                        reader.begin();
                        reader.goOn();
                    },
                    () -> clean(cleaner, retention));
            return new Turn(interrupted, reader, cleaner);
        });
    }

    /** With the beginning of a read at each step of a cleanup in turn. */
    private List<Boolean> cleanWhileRead(Retention retention, boolean inTheSameProcess) {
        return everyPosition((n, place) -> {
            Project cleaner = open(watched());
            Reader reader = new Reader(inTheSameProcess ? cleaner : open(projects()), place);
            boolean interrupted = isInterrupted(n, () -> clean(cleaner, retention), reader::begin);
            return new Turn(interrupted, reader, cleaner);
        });
    }

    private record Turn(boolean interrupted, Reader reader, Project cleaner) {}

    private interface Scene {
        Turn play(int n, Place place);
    }

    private List<Boolean> everyPosition(Scene scene) {
        List<Boolean> seen = new ArrayList<>();
        for (Place place : PLACES) {
            int steps = everyStep(n -> {
                begin();
                Turn turn = scene.play(n, place);
                if (turn.interrupted) {
                    millis.addAndGet(MINUTE);
                    turn.reader.tell();
                    clean(turn.cleaner, LITTLE);
                    turn.reader.goOn();
                    seen.add(turn.reader.sees());
                    assertThat(turn.reader.project.isToBeReopened()).isFalse();
                }
                return turn.interrupted;
            });
            assertThat(steps).isGreaterThan(5);
        }
        return seen;
    }

    /** Before and behind the first of some checkpoints. */
    @Override
    void begin() {
        super.begin();
        store.checkpoints("p1").list().forEach(store.checkpoints("p1")::delete);
        at = new ArrayList<>(List.of(project.lastLsn()));
        for (int i = 1; i <= 12; i++) {
            write("late", i);
            at.add(write("main", i));
            if (i >= 6 && i % 2 == 0) {
                checkpoint();
            }
        }
        millis.addAndGet(100 * MINUTE);
        write("main", 21);
        checkpoint();
        millis.addAndGet(100 * MINUTE);
    }

    /** A process that reads a position: it gets hold of its state, and reads that later. */
    private final class Reader {
        private final Project project;
        private final Place place;
        private @Nullable Snapshot state;

        Reader(Project project, Place place) {
            this.project = project;
            this.place = place;
            tell();
        }

        void tell() {
            project.checkpoints().need("reader", List.of(), millis.get(), millis.get() + 5 * MINUTE);
        }

        void begin() {
            try {
                state = project.at(project.branch(place.branch), at.get(place.version));
            } catch (CommandException e) {
                assertThat(e.getMessage()).contains("no longer kept");
            }
        }

        void goOn() {
            Snapshot begun = state;
            if (begun != null) {
                assertThat(version(begun)).isEqualTo(place.version);
                assertThat(readAll(begun)).isEqualTo(DOCUMENTS);
            }
        }

        boolean sees() {
            return state != null;
        }
    }
}

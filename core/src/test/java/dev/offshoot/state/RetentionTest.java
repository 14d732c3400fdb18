package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.SimulatedStore;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a cleanup leaves to other processes and to readers. */
final class RetentionTest extends RetentionScene {
    // ---- several processes

    @Test
    void a_process_that_was_asleep_while_the_log_was_trimmed_opens_the_project_again() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        Projects others = projects();
        Project sleeper = open(others);
        for (int i = 1; i <= 3; i++) {
            write("main", i);
            checkpoint();
        }
        millis.addAndGet(100 * MINUTE);
        cleanup(0);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(sleeper.lastLsn() + 1);
        assertThatThrownBy(sleeper::follow).isInstanceOf(StoreException.class);
        Project awake = open(others);
        assertThat(awake).isNotSameAs(sleeper);
        awake.follow();
        assertThat(version(awake.head("main"))).isEqualTo(3);
        write(awake, "main", new Change.Put(2, 153, document(150, 4)));
        project.follow();
        assertThat(version(project.head("main"))).isEqualTo(4);
    }

    @Test
    void a_process_that_cannot_follow_since_what_a_record_refers_to_was_cleaned_up_opens_the_project_again() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        List<Long> at = twentyVersions();
        Projects others = projects();
        Project sleeper = open(others);
        Branch late = project.createBranch("late", project.branch("main"), at.get(3), ORIGIN);
        project.dropBranch(late, ORIGIN);
        checkpoint();
        millis.addAndGet(100 * MINUTE);
        for (long lsn : store.checkpoints("p1").list()) {
            if (lsn < at.get(20)) {
                store.checkpoints("p1").delete(lsn);
            }
        }
        store.log("p1").trim(at.get(20) + 1, false);
        assertThatThrownBy(sleeper::follow).hasMessageContaining("no longer kept");
        Project awake = open(others);
        assertThat(awake).isNotSameAs(sleeper);
        assertThat(awake.catalog().branch("late")).isNull();
        assertThat(version(awake.head("main"))).isEqualTo(20);
    }

    @Test
    void a_log_that_refers_to_what_is_lost_says_so() {
        List<Long> at = twentyVersions();
        project.createBranch("late", project.branch("main"), at.get(3), ORIGIN);
        for (long lsn : store.checkpoints("p1").list()) {
            if (lsn < at.get(20)) {
                store.checkpoints("p1").delete(lsn);
            }
        }
        store.log("p1").trim(at.get(20) + 1, false);
        assertThatThrownBy(this::reopen)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("refers to a state that cannot be read")
                .hasMessageContaining("Restore the project from a backup");
    }

    @Test
    void a_process_without_a_checkpoint_keeps_the_log_above_its_state() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        Project other = open(projects());
        other.checkpoints().need("other", List.of(), millis.get(), millis.get() + 1000 * MINUTE);
        for (int i = 1; i <= 3; i++) {
            write("main", i);
            checkpoint();
        }
        millis.addAndGet(100 * MINUTE);
        cleanup(0);
        other.follow();
        assertThat(version(other.head("main"))).isEqualTo(3);
        other.checkpoints().needNothing("other");
        assertThat(cleanup(0).checkpoints()).isEqualTo(2);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(DOCUMENTS);
    }

    @Test
    void on_a_shared_store_no_grace_is_still_enough_for_what_others_are_doing() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        write("main", 1);
        checkpoint();
        Project other = open(projects());
        other.checkpoints().need("other", List.of(), millis.get(), millis.get() + 5 * MINUTE);
        write(other, "main", new Change.Put(2, 3, document(0, 7)));
        store.checkpoints("p1").failPuts(1); // stands for a process that is about to store its manifest
        millis.incrementAndGet();
        assertThatThrownBy(other.checkpoints()::checkpoint).hasMessageContaining("manifest");
        project.follow();
        millis.addAndGet(MINUTE);
        write("main", 2);
        checkpoint();
        millis.addAndGet(MINUTE);
        cleanup(0);
        other.checkpoints().checkpoint();
        reopen();
        assertThat(version(project.head("main"), 0)).isEqualTo(7);
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(readAll(other.head("main"))).isEqualTo(DOCUMENTS);
    }

    /** It need not have the same pages: what one process could not keep any more another one may have at hand. */
    @Test
    void a_checkpoint_that_another_process_made_of_a_position_is_as_good() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        project.createTag("v0", project.branch("main"), project.lastLsn(), ORIGIN);
        write("main", 1);
        Projects others = projects();
        Project other = open(others);
        long lsn = checkpoint();
        Manifest made = Objects.requireNonNull(project.checkpoints().checkpoint());
        store.checkpoints("p1").delete(lsn);
        store.checkpoints("p1").put(lsn, withoutKept(made).toBytes());

        assertThat(other.checkpoints().checkpoint()).isEqualTo(withoutKept(made));
        assertThatThrownBy(() -> write(other, "main", new Change.Put(2, 153, document(150, 2))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is being opened again");
        Project again = open(others);
        assertThat(again).isNotSameAs(other);
        assertThat(version(again.head("main"))).isEqualTo(1);
        assertThat(again.checkpoints().kept()).isEmpty();
    }

    private static Manifest withoutKept(Manifest manifest) {
        return new Manifest(
                manifest.log(),
                manifest.end(),
                manifest.ended(),
                manifest.branches(),
                manifest.names(),
                manifest.tags(),
                manifest.lineage(),
                manifest.restores(),
                manifest.properties(),
                manifest.states(),
                manifest.restores(), // which are none
                manifest.retries(),
                manifest.createdMillis());
    }

    // ---- readers of the newest state

    @Test
    void a_reader_keeps_the_pages_that_a_failed_checkpoint_wrote() {
        checkpoint();
        write("main", 1);
        store.checkpoints("p1").failPuts(1);
        assertThatThrownBy(this::checkpoint).hasMessageContaining("manifest");
        millis.addAndGet(10 * MINUTE);
        long since = millis.get();
        Snapshot read = project.head("main");
        write("main", 2);
        checkpoint();
        millis.addAndGet(10 * MINUTE);
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), since, false);
        assertThat(version(read)).isEqualTo(1);
        long before = store.pages("p1").amount().pages();
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
        assertThat(store.pages("p1").amount().pages())
                .as("the reader has ended")
                .isLessThan(before);
        assertThat(version(project.head("main"))).isEqualTo(2);
    }
}

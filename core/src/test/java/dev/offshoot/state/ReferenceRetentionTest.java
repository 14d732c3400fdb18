package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.wal.Change;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a cleanup leaves to branches, tags, restored collections and merges, which refer to positions of the past. */
final class ReferenceRetentionTest extends RetentionScene {
    /** It looks first what has to stay, and removes the rest later. */
    @Test
    void what_refers_to_a_position_while_a_cleanup_is_at_work_finds_it_ever_after() {
        Branch late = project.createBranch("late", project.branch("main"), null, ORIGIN);
        List<Long> at = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            at.add(write("main", i));
        }
        checkpoint();
        millis.addAndGet(100 * MINUTE);
        List<Runnable> meanwhile = List.of(
                () -> project.createTag("tag", project.branch("main"), at.get(3), ORIGIN),
                () -> project.createBranch("fork", project.branch("main"), at.get(4), ORIGIN),
                () -> reset(late, project.at(project.branch("main"), at.get(7))));
        meanwhile.forEach(
                each -> project.checkpoints().cleanup(new Retention(0, 0), new Meanwhile(each), millis.get(), false));
        reopen();
        assertThat(version(project.at(project.branch("main"), at.get(3)))).isEqualTo(3);
        assertThat(version(project.head("fork"))).isEqualTo(4);
        assertThat(version(project.head("late"))).isEqualTo(7);
        cleanup(0);
        checkpoint();
        cleanup(0);
        reopen();
        assertThat(version(project.at(project.branch("main"), at.get(3)))).isEqualTo(3);
        assertThat(version(project.head("fork"))).isEqualTo(4);
        assertThat(version(project.head("late"))).isEqualTo(7);
    }

    /** Positions in use: none; who asks for them first gives somebody else a turn. */
    private static final class Meanwhile extends AbstractList<Long> {
        private @Nullable Runnable turn;

        Meanwhile(Runnable turn) {
            this.turn = turn;
        }

        @Override
        public Object[] toArray() {
            Runnable now = turn;
            turn = null;
            if (now != null) {
                now.run();
            }
            return new Object[0];
        }

        @Override
        public Long get(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int size() {
            return 0;
        }
    }

    @Test
    void a_fork_of_a_position_below_the_oldest_checkpoint_survives_the_loss_of_the_newest_one() {
        List<Long> at = twentyVersions();
        project.createBranch("late", project.branch("main"), at.get(3), ORIGIN);
        checkpoint();
        reopen(); // positions that were read lately count as in use
        assertThat(cleanup(8).oldestLsn()).isEqualTo(at.get(10));
        damageNewest();
        reopen();
        assertThat(version(project.head("late"))).isEqualTo(3);
        assertThat(version(project.head("main"))).isEqualTo(20);
        for (int i = 10; i <= 20; i++) {
            assertThat(version(project.at(project.branch("main"), at.get(i)))).isEqualTo(i);
        }
        checkpoint();
        write("main", 21);
        checkpoint();
        reopen();
        cleanup(0);
        assertThat(project.checkpoints().list())
                .as("the fork is in the oldest one")
                .hasSizeLessThan(3);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(at.get(20));
        assertThat(version(project.head("late"))).isEqualTo(3);
    }

    @Test
    void forks_of_the_past_day_by_day_do_not_keep_the_log_for_ever() {
        List<Long> at = new ArrayList<>(List.of(project.lastLsn()));
        checkpoint();
        for (int i = 1; i <= 40; i++) {
            at.add(write("main", i));
            checkpoint();
            if (i >= 3) {
                project.createBranch("b" + i, project.branch("main"), at.get(i - 2), ORIGIN);
                checkpoint();
            }
            reopen();
            cleanup(5);
        }
        assertThat(store.log("p1").firstLsn()).isGreaterThan(at.get(25));
        damageNewest();
        reopen();
        for (int i = 3; i <= 40; i++) {
            assertThat(version(project.head("b" + i))).isEqualTo(i - 2);
        }
    }

    @Test
    void a_dropped_branch_comes_back_inside_retention() {
        List<Long> at = twentyVersions();
        project.createBranch("exp", project.branch("main"), at.get(15), ORIGIN);
        write("exp", 100);
        checkpoint();
        write("main", 21);
        Branch exp = project.dropBranch(project.branch("exp"), ORIGIN);
        for (int i = 22; i <= 30; i++) {
            write("main", i);
            checkpoint();
        }
        reopen();
        cleanup(12);
        assertThat(version(project.at(exp, exp.id()))).isEqualTo(15);
        project.restoreBranch(exp, "exp", ORIGIN);
        assertThat(version(project.head("exp"))).isEqualTo(100);
        reopen();
        assertThat(version(project.head("exp"))).as("folded").isEqualTo(100);
        write("main", 31);
        checkpoint();
        reopen();
        cleanup(5);
        damageNewest();
        reopen();
        assertThat(version(project.head("exp")))
                .as("from an older checkpoint, where it was dropped")
                .isEqualTo(100);
    }

    @Test
    void a_reset_to_the_past_survives_the_loss_of_the_newest_checkpoint() {
        List<Long> at = twentyVersions();
        Branch main = project.branch("main");
        reset(main, project.at(main, at.get(3)));
        long reset = project.lastLsn();
        checkpoint();
        reopen();
        cleanup(8);
        damageNewest();
        reopen();
        assertThat(version(project.head("main"))).isEqualTo(3);
        assertThat(version(project.at(main, reset - 1))).isEqualTo(20);
    }

    @Test
    void a_state_that_came_from_an_older_checkpoint_keeps_that_until_the_next_one() {
        List<Long> at = twentyVersions();
        Branch main = project.branch("main");
        project.createTag("v5", main, at.get(5), ORIGIN);
        write("main", 21);
        checkpoint();
        reset(main, project.at(main, at.get(5)));
        project.createBranch("old", main, at.get(10), ORIGIN);
        System.gc(); // nobody has the states any more that were handed out
        cleanup(0);
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(readAll(project.head("old"))).isEqualTo(DOCUMENTS);
        checkpoint();
        millis.addAndGet(MINUTE);
        cleanup(0);
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(readAll(project.head("old"))).isEqualTo(DOCUMENTS);
    }

    private void reset(Branch branch, Snapshot target) {
        project.write(
                branch,
                ORIGIN,
                turn -> new Statement.Draft<>(
                        0,
                        List.of(new Change.Reset(target.branch(), target.lsn())),
                        List.of(),
                        new Statement.Referred(List.of(target))));
    }

    @Test
    void a_restored_collection_survives_the_loss_of_the_newest_checkpoint_and_cleanups_after_a_restart() {
        List<Long> at = twentyVersions();
        Branch main = project.branch("main");
        Snapshot past = project.at(main, at.get(3));
        write(project, "main", new Change.DropCollection(2));
        restore(main, past);
        long restored = project.lastLsn();
        write("main", 21);
        checkpoint();
        reopen();
        cleanup(8);
        assertThat(version(project.at(main, restored))).isEqualTo(3);
        damageNewest();
        reopen();
        assertThat(version(project.head("main"))).isEqualTo(21);
        assertThat(version(project.at(main, restored))).isEqualTo(3);
        project.createBranch("again", main, restored, ORIGIN);
        for (int i = 22; i <= 24; i++) {
            write("main", i);
            checkpoint();
        }
        reopen();
        cleanup(2);
        damageNewest();
        reopen();
        assertThat(version(project.head("again"))).isEqualTo(3);
    }

    private void restore(Branch branch, Snapshot past) {
        project.write(
                branch,
                ORIGIN,
                turn -> new Statement.Draft<>(
                        0,
                        List.of(new Change.RestoreCollection(past.branch(), past.lsn(), 2, "c")),
                        List.of(),
                        new Statement.Referred(List.of(past))));
    }

    @Test
    void a_tag_keeps_its_position_and_not_the_log() {
        List<Long> at = twentyVersions();
        Branch main = project.branch("main");
        Tag tag = project.createTag("v3", main, at.get(3), ORIGIN);
        for (int i = 21; i <= 30; i++) {
            write("main", i);
            checkpoint();
        }
        reopen();
        cleanup(1);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(at.get(20));
        reopen();
        assertThat(version(project.at(main, tag.lsn()))).isEqualTo(3);
        assertThat(readAll(project.at(main, tag.lsn()))).isEqualTo(DOCUMENTS);
        assertThat(project.replay(main, tag.lsn(), () -> {}).isSame()).isTrue();
        project.createBranch("fix", main, tag.lsn(), ORIGIN);
        checkpoint();
        damageNewest();
        reopen();
        assertThat(version(project.head("fix")))
                .as("made again from the tag in an older checkpoint")
                .isEqualTo(3);
        assertThat(version(project.at(main, tag.lsn()))).isEqualTo(3);
        project.dropTag(tag, ORIGIN);
        project.dropBranch(project.branch("fix"), ORIGIN);
        checkpoint();
        millis.addAndGet(10 * MINUTE);
        write("main", 31);
        checkpoint();
        reopen();
        cleanup(0);
        assertThatThrownBy(() -> project.at(main, tag.lsn())).hasMessageContaining("no longer kept");
    }

    @Test
    void the_base_of_the_next_merge_of_two_living_branches_stays() {
        checkpoint();
        project.createBranch("dev", project.branch("main"), null, ORIGIN);
        Branch dev = project.branch("dev");
        long once = write("dev", 1);
        merge("main", dev);
        long first = project.lastLsn();
        write("dev", 2);
        checkpoint();
        long merged = project.head(dev).lsn();
        merge("main", dev);
        long second = project.lastLsn();
        project.createBranch("old", project.branch("main"), first, ORIGIN);
        for (int i = 3; i <= 20; i++) {
            write("dev", i);
            write("main", i + 100);
            checkpoint();
        }
        reopen();
        cleanup(3);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(second);
        reopen();
        assertThat(version(project.at(dev, merged))).as("of main and dev").isEqualTo(2);
        assertThat(version(project.at(dev, once))).as("of old and dev").isEqualTo(1);
        assertThat(project.at(project.branch("main"), 0).all())
                .as("what all branches have in common")
                .isEmpty();
        assertThat(project.replay(project.branch("main"), 0, () -> {}).isSame()).isTrue();
        assertThatThrownBy(() -> project.at(dev, merged + 4)).hasMessageContaining("no longer kept");
    }

    private void merge(String into, Branch from) {
        Snapshot merged = project.head(from);
        write(
                project,
                into,
                new Change.Merge(from.id(), merged.lsn()),
                new Change.Put(2, 153, document(150, version(merged))));
    }

    @Test
    void what_two_branches_have_in_common_stays_when_the_branch_between_them_is_gone() {
        checkpoint();
        project.createBranch("between", project.branch("main"), null, ORIGIN);
        Branch between = project.branch("between");
        write("between", 1);
        long base = project.lastLsn();
        project.createBranch("x", between, null, ORIGIN);
        write("between", 2);
        project.createBranch("y", between, null, ORIGIN);
        long common = between.base();
        checkpoint();
        write("main", 50);
        project.dropBranch(between, ORIGIN);
        for (int i = 3; i <= 20; i++) {
            write("x", i);
            write("y", i + 100);
            checkpoint();
        }
        reopen();
        cleanup(2);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(project.branch("y").id());
        reopen();
        assertThat(version(project.at(between, base))).as("of x and y").isEqualTo(1);
        assertThat(version(project.at(project.branch("main"), common)))
                .as("of x and main")
                .isZero();
    }

    @Test
    void branches_that_were_merged_and_dropped_keep_nothing() {
        checkpoint();
        for (int i = 1; i <= 30; i++) {
            project.createBranch("feature", project.branch("main"), null, ORIGIN);
            write("feature", i);
            merge("main", project.branch("feature"));
            project.dropBranch(project.branch("feature"), ORIGIN);
            checkpoint();
        }
        project.createBranch("x", project.branch("main"), null, ORIGIN);
        write("x", 31);
        checkpoint();
        assertThat(project.checkpoints().kept()).isEmpty();
    }
}

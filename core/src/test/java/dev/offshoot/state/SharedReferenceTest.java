package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.mql.CommandException;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One process refers to positions while another one on the same store cleans up. */
final class SharedReferenceTest extends SharedScene {
    /** The version of the document at the position that is referred to. */
    private static final int VERSION = 3;

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
        refer((n, commit) -> {
            Project one = open(watched());
            Project two = open(projects());
            return isInterrupted(n, () -> commit.accept(one), () -> clean(two));
        });
    }

    @Test
    void whatever_step_of_a_cleanup_another_process_refers_to_a_position_at_it_is_there_or_refused() {
        refer((n, commit) -> {
            Project one = open(projects());
            Project two = open(watched());
            return isInterrupted(n, () -> clean(two), () -> commit.accept(one));
        });
    }

    /** Has a commit of each kind made, with a turn at each step of one of the two; what was done is there ever after. */
    private void refer(BiPredicate<Integer, Consumer<Project>> isInterrupted) {
        List<Boolean> all = new ArrayList<>();
        for (Referring referring : ALL) {
            everyStep(n -> {
                begin();
                List<Boolean> done = new ArrayList<>();
                boolean interrupted = isInterrupted.test(
                        n, to -> done.add(isDone(() -> referring.commit().accept(to, at.get(VERSION)))));
                requireThere(referring, done.contains(true));
                all.addAll(done);
                return interrupted;
            });
        }
        assertThat(all).contains(false);
        assertThat(all).filteredOn(done -> done).hasSizeGreaterThan(10);
    }

    /** The other process is between its look and its append, and goes on once the cleanup has ended. */
    @Test
    void whatever_step_of_a_cleanup_a_position_is_told_at_it_stays_or_who_refers_to_it_is_warned() {
        List<Boolean> goesOn = new ArrayList<>();
        everyStep(n -> {
            begin();
            CheckpointStore manifests = store.checkpoints("p1");
            Project two = open(watched());
            boolean interrupted = isInterrupted(n, () -> clean(two), () -> {
                manifests.need("one-referring", at.get(VERSION), millis.get() + MINUTE);
                boolean isRemoving =
                        manifests.needs(millis.get()).keySet().stream().anyMatch(who -> who.endsWith("-removing"));
                goesOn.add(!isRemoving
                        && isDone(() -> assertThat(look(open(projects()))).isEqualTo(VERSION)));
            });
            reopen();
            if (interrupted && goesOn.get(goesOn.size() - 1)) {
                assertThat(look(project)).isEqualTo(VERSION);
            }
            return interrupted;
        });
        assertThat(goesOn).contains(false);
        assertThat(goesOn).filteredOn(goes -> goes).hasSizeGreaterThan(10);
    }

    private int look(Project in) {
        return version(in.at(in.branch("main"), at.get(VERSION)));
    }

    /** Ten versions, the oldest of which fall out of retention with the next cleanup. */
    @Override
    void begin() {
        super.begin();
        at = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            at.add(write("main", i));
        }
        checkpoint();
        millis.addAndGet(100 * MINUTE);
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

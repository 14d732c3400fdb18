package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Branch;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.state.Materializer;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The best common positions of two, on histories written out and on random ones against a model that knows each commit's ancestors. */
final class MergeBaseTest {
    private static final Origin ORIGIN = new Origin("test", "test", "main", "c");

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final AtomicLong nonces = new AtomicLong();
    private final Project project = new Projects(
                    SimulatedStore.calm(),
                    new Materializer(64 << 10),
                    CheckpointPolicy.onDemand(),
                    TestClocks.of(millis::incrementAndGet, nonces))
            .findOrCreate("shop", ORIGIN);

    /** Commits by the position that they made, with all that went into each, itself too. */
    private final Map<Position, Set<Position>> ancestors = new HashMap<>();

    private final Set<Position> bareResets = new HashSet<>();

    // ---- written out

    @Test
    void of_a_branch_and_its_parent_it_is_where_the_branch_was_made() {
        Position first = commit("main");
        fork("dev", first);
        Position there = commit("dev");
        Position here = commit("main");

        assertThat(bases(here, there)).containsExactly(first);
        assertThat(bases(first, there)).containsExactly(first);
        assertThat(MergeBase.isContained(project.catalog(), first, there)).isTrue();
        assertThat(MergeBase.isContained(project.catalog(), there, first)).isFalse();
    }

    @Test
    void a_merge_moves_it_to_what_was_merged_and_a_reset_below_the_merge_moves_it_back() {
        Position first = commit("main");
        fork("dev", first);
        Position there = commit("dev");
        Position here = commit("main");
        Position merged = merge("main", there);
        Position later = commit("dev");

        assertThat(bases(merged, later)).containsExactly(there);
        reset("main", here);
        assertThat(bases(commit("main"), later)).containsExactly(first);
        reset("main", merged);
        assertThat(bases(commit("main"), later)).containsExactly(there);
    }

    @Test
    void after_a_criss_cross_merge_there_are_two() {
        Position first = commit("main");
        fork("dev", first);
        Position here = commit("main");
        Position there = commit("dev");
        merge("main", there);
        merge("dev", here);

        assertThat(bases(commit("main"), commit("dev"))).containsExactlyInAnyOrder(here, there);
    }

    @Test
    void what_came_through_a_dropped_branch_and_through_another_one_counts() {
        Position first = commit("main");
        fork("a", first);
        fork("b", first);
        Position inA = commit("a");
        merge("b", inA);
        Position inB = commit("b");
        project.dropBranch(project.branch("a"), ORIGIN);
        Position merged = merge("main", inB);

        assertThat(bases(merged, inA)).containsExactly(inA);
        assertThat(MergeBase.isContained(project.catalog(), inA, merged)).isTrue();
    }

    @Test
    void branches_that_share_nothing_but_the_beginning_have_that() {
        fork("early", new Position(project.branch("main").id(), 0));
        Position there = commit("early");
        Position here = commit("main");

        assertThat(bases(here, there))
                .containsExactly(new Position(project.branch("main").id(), 0));
        assertThat(project.at(project.branch("main"), 0).all()).isEmpty();
    }

    @Test
    void a_reset_that_nothing_followed_is_no_work_that_could_be_lost() {
        Position first = commit("main");
        fork("dev", first);
        Position there = commit("dev");
        Position moved = reset("main", there);
        Position later = commit("dev");

        assertThat(MergeBase.isContained(project.catalog(), moved, later)).isTrue();
        assertThat(MergeBase.isContained(project.catalog(), commit("main"), later))
                .isFalse();
    }

    @Test
    void a_position_from_before_a_branch_began_is_one_of_what_it_was_made_from() {
        Position first = commit("main");
        Position second = commit("main");
        reset("main", first);
        fork("dev", commit("main"));
        Position there = commit("dev");
        Position before = new Position(there.branch(), second.lsn());

        assertThat(bases(there, second)).containsExactly(first);
        assertThat(bases(merge("dev", before), second)).containsExactly(second);
    }

    // ---- random

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void on_random_histories_it_is_what_the_model_says(long seed) {
        Random random = new Random(seed);
        commit("main");
        List<String> branches = new ArrayList<>(List.of("main"));
        int several = 0;
        for (int step = 0; step < 120; step++) {
            List<Position> all = new ArrayList<>(ancestors.keySet());
            all.sort(Comparator.comparingLong(Position::lsn).thenComparingLong(Position::branch));
            Position any = named(all.get(random.nextInt(all.size())), branches, random);
            String branch = branches.get(random.nextInt(branches.size()));
            switch (random.nextInt(16)) {
                case 0, 1 -> {
                    if (branches.size() < 5) {
                        branches.add("b" + step);
                        fork("b" + step, any);
                    }
                }
                case 2 -> {
                    Position unused = reset(branch, any);
                }
                case 3, 4, 5, 6, 7 -> {
                    Position unused = merge(
                            branch, random.nextBoolean() ? any : head(branches.get(random.nextInt(branches.size()))));
                }
                case 8 -> {
                    if (random.nextInt(4) == 0 && branches.size() > 2 && !branch.equals("main")) {
                        branches.remove(branch);
                        project.dropBranch(project.branch(branch), ORIGIN);
                    }
                }
                default -> {
                    Position unused = commit(branch);
                }
            }
            Position one = random.nextBoolean() ? any : head(branches.get(random.nextInt(branches.size())));
            String second = branches.get(random.nextInt(branches.size()));
            Position other = head(second);
            Set<Position> expected = expected(one, other);
            assertThat(bases(one, ofBranch(second)))
                    .as("seed %d, step %d: %s and %s", seed, step, one, other)
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(MergeBase.isContained(project.catalog(), one, other))
                    .as("seed %d, step %d: %s in %s", seed, step, one, other)
                    .isEqualTo(isContained(one, other));
            several += expected.size() > 1 ? 1 : 0;
        }
        assertThat(several).as("criss-cross merges met").isPositive();
    }

    /** A position, or one that a branch has from before, named by that branch. */
    private Position named(Position known, List<String> branches, Random random) {
        Branch by = project.branch(branches.get(random.nextInt(branches.size())));
        long lsn = project.at(by, random.nextInt((int) project.lastLsn()) + 1L).lsn();
        return random.nextInt(3) == 0 && lsn > 0 ? new Position(by.id(), lsn) : known;
    }

    private Set<Position> expected(Position one, Position other) {
        Set<Position> common = new HashSet<>(past(one));
        common.retainAll(past(other));
        Set<Position> best = common.stream()
                .filter(position -> common.stream()
                        .noneMatch(
                                above -> !above.equals(position) && past(above).contains(position)))
                .collect(Collectors.toSet());
        return best.isEmpty() ? Set.of(new Position(project.branch("main").id(), 0)) : best;
    }

    private boolean isContained(Position position, Position in) {
        Set<Position> own = new HashSet<>(past(position));
        own.removeAll(past(in));
        return bareResets.containsAll(own);
    }

    private Set<Position> past(Position position) {
        return ancestors.keySet().stream()
                .filter(made -> made.lsn() == position.lsn())
                .findFirst()
                .map(ancestors::get)
                .orElse(Set.of());
    }

    // ---- what happens, to the project and to the model

    private List<Position> bases(Position one, Position other) {
        return MergeBase.of(project.catalog(), one, other);
    }

    /** Where a branch stands: at a commit of its own or of another branch. */
    private Position head(String branch) {
        Snapshot head = project.head(project.branch(branch));
        for (Position position : ancestors.keySet()) {
            if (position.lsn() == head.lsn()) {
                return position;
            }
        }
        throw new AssertionError("branch " + branch + " stands at " + head.lsn() + ", which no commit made");
    }

    private Position commit(String branch) {
        return add(branch, Set.of(), new Change.Mark());
    }

    private Position merge(String branch, Position from) {
        return add(branch, past(from), new Change.Merge(from.branch(), from.lsn()), new Change.Mark());
    }

    private Position reset(String name, Position to) {
        Branch branch = project.branch(name);
        Snapshot target = project.at(branch(to), to.lsn());
        project.write(
                branch,
                ORIGIN,
                turn -> new Statement.Draft<>(
                        0,
                        List.of(new Change.Reset(to.branch(), to.lsn())),
                        List.of(),
                        new Statement.Referred(List.of(target))));
        Position made = new Position(branch.id(), project.lastLsn());
        Set<Position> all = new HashSet<>(past(to));
        all.add(made);
        ancestors.put(made, all);
        bareResets.add(made);
        return made;
    }

    private void fork(String name, Position at) {
        Branch parent = branch(at);
        Branch unused = project.createBranch(name, parent, at.lsn(), ORIGIN);
    }

    private Branch branch(Position position) {
        return Objects.requireNonNull(project.catalog().branch(position.branch()));
    }

    private Position add(String name, Set<Position> merged, Change... changes) {
        Branch branch = project.branch(name);
        Set<Position> all = new HashSet<>(merged);
        if (!ancestors.isEmpty() && project.head(branch).lsn() > 0 && isKnown(branch)) {
            all.addAll(past(head(name)));
        }
        project.write(branch, ORIGIN, turn -> new Statement.Draft<>(0, List.of(changes), List.of()));
        Position made = new Position(branch.id(), project.lastLsn());
        all.add(made);
        ancestors.put(made, all);
        return made;
    }

    /** The same as its head, as the branch's own position. */
    private Position ofBranch(String name) {
        Snapshot head = project.head(project.branch(name));
        return new Position(head.branch(), head.lsn());
    }

    private boolean isKnown(Branch branch) {
        long lsn = project.head(branch).lsn();
        return ancestors.keySet().stream().anyMatch(position -> position.lsn() == lsn);
    }
}

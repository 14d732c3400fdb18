package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.LogFollower;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.Pending;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.WalRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeadTest {
    private final Snapshot acknowledged = Snapshot.empty(1);
    private final Snapshot next = new Snapshot(1, 7, Tree.empty(), Tree.empty());
    private final Head head = new Head(acknowledged, null, null);

    @Test
    void pending_state_is_void_in_a_newer_epoch() {
        head.enter(3);
        head.advance(next, pending());
        head.enter(3);
        assertThat(head.pending()).isSameAs(next);
        head.enter(4);
        assertThat(head.pending()).isSameAs(acknowledged);
        assertThat(head.last()).isNull();
    }

    @Test
    void a_latecomer_of_an_older_epoch_does_not_void_what_is_pending() {
        head.enter(4);
        head.advance(next, pending());
        head.enter(3);
        head.enter(4);
        assertThat(head.pending()).isSameAs(next);
        assertThat(head.last()).isNotNull();
    }

    @Test
    void a_reset_that_is_not_acknowledged_is_a_past_that_the_catalog_does_not_tell_of() {
        head.enter(3);
        head.advance(next, pending());
        assertThat(head.isPastAcknowledged()).as("documents alone").isTrue();
        head.advance(next, pending(new Change.Reset(1, 0)));
        assertThat(head.isPastAcknowledged()).isFalse();
        head.acknowledged = next;
        assertThat(head.isPastAcknowledged()).isTrue();
        head.acknowledged = acknowledged;
        head.enter(4);
        assertThat(head.isPastAcknowledged()).as("void").isTrue();
    }

    private static Pending pending() {
        return pending(new Change.Delete(1, 2));
    }

    private static Pending pending(Change change) {
        Clocks clocks = new Clocks(() -> 0, () -> 0, () -> new byte[16]);
        GroupCommit log = new GroupCommit(SimulatedLogStore.calm(0), LogEnd.EMPTY, clocks, new Deaf());
        Commit commit = Commit.draft(1, new Origin("test", "", "", ""), List.of(change), List.of());
        Pending pending = log.submit(log.epoch(), commit);
        if (pending == null) {
            throw new AssertionError("not taken");
        }
        return pending;
    }

    private static final class Deaf implements LogFollower {
        @Override
        public void acknowledged(WalRecord record) {}

        @Override
        public void followed(WalRecord record) {}
    }
}

package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Counters.Draft;
import dev.offshoot.wal.Pending.Outcome;
import dev.offshoot.wal.SimulatedLogStore.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens in which order, one course of events a test. */
final class GroupCommitTest {
    private static final RetryKey KEY = Counters.key(1, 1, 7);

    private final SimulatedLogStore store = SimulatedLogStore.calm(0);
    private final GatedLogStore gate = new GatedLogStore(store);
    private final Counters counters = new Counters(3);
    private final AtomicLong millis = new AtomicLong(TestClocks.START_MILLIS);
    private final Crew crew = new Crew();
    private final GroupCommit log = open(store);
    private long tokens;

    // ---- together

    @Test
    void an_uncontended_writer_appends_on_its_own_thread() {
        AtomicReference<Thread> publisher = new AtomicReference<>();
        Pending pending = submitted(log, draft());
        pending.applied(() -> publisher.set(Thread.currentThread()));
        assertThat(log.await(pending)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(publisher.get()).isSameAs(Thread.currentThread());
    }

    @Test
    void whatever_waits_goes_into_the_next_record() {
        GroupCommit gated = open(gate);
        List<FutureTask<Outcome>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Pending pending = counters.submit(gated, draft(), Pending::applied);
            writers.add(crew.startAndLetWait(() -> gated.await(pending)));
            crew.until(() -> gate.arrived() == 1);
        }
        gate.letThrough(2);
        writers.forEach(w -> assertThat(crew.join(w)).isEqualTo(Outcome.ACKNOWLEDGED));
        assertThat(store.records()).hasSize(2);
        assertThat(RecordCodec.decode(store.records().get(1)).commits()).hasSize(5);
        assertThat(counters.acknowledged(0)).isEqualTo(6);
    }

    @Test
    void every_thread_that_waits_for_a_commit_is_answered() {
        GroupCommit gated = open(gate);
        FutureTask<Outcome> first = crew.startAndLetWait(() -> attempt(gated));
        Pending pending = counters.submit(gated, draft(), Pending::applied);
        List<FutureTask<Outcome>> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiters.add(crew.startAndLetWait(() -> gated.await(pending)));
        }
        gate.letThrough(2);
        assertThat(crew.join(first)).isEqualTo(Outcome.ACKNOWLEDGED);
        waiters.forEach(w -> assertThat(crew.join(w)).isEqualTo(Outcome.ACKNOWLEDGED));
    }

    @Test
    void a_queue_longer_than_a_record_takes_several() {
        List<Pending> all = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            all.add(counters.submit(log, draft(), Pending::applied));
        }
        assertThat(log.await(all.get(2499))).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(all).allMatch(p -> log.await(p) == Outcome.ACKNOWLEDGED);
        assertThat(store.records()).hasSize(3);
    }

    @Test
    void messages_never_make_a_header_too_large() {
        List<Pending> all = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            Origin origin = new Origin("ann", "update", "main", "c", i + "\u20AC".repeat(Origin.MESSAGE_CHARS_MAX - 4));
            Pending pending = Objects.requireNonNull(
                    log.submit(log.epoch(), Commit.draft(1, origin, List.of(new Change.Delete(1, 1)), List.of())));
            pending.applied(() -> {});
            all.add(pending);
        }
        assertThat(log.await(all.get(2499))).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(all).allMatch(p -> log.await(p) == Outcome.ACKNOWLEDGED);
        assertThat(store.records())
                .hasSizeBetween(2500 / 85, 2500 / 70)
                .allMatch(r -> r.header().length <= LogRecord.HEADER_BYTES_MAX);
    }

    @Test
    void a_commit_that_is_applied_late_delays_publication_and_nothing_else() {
        Pending late = submitted(log, draft());
        FutureTask<Outcome> leader = crew.startAndLetWait(() -> log.await(late));
        assertThat(store.records()).hasSize(1);
        Pending next = Objects.requireNonNull(log.submit(log.epoch(), draft().commit(2)));
        List<Integer> order = new ArrayList<>();
        next.applied(() -> order.add(2));
        FutureTask<Outcome> follower = crew.startAndLetWait(() -> log.await(next));
        assertThat(leader.isDone() || follower.isDone()).isFalse();
        late.applied(() -> order.add(1));
        assertThat(crew.join(leader)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(crew.join(follower)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(order).containsExactly(1, 2);
    }

    // ---- positions that others win

    @Test
    void a_commit_whose_position_is_taken_is_lost_and_runs_again_on_the_new_tip() {
        store.withRival(last -> Counters.rivalRecord(store.records(), 1)).failNext(Fault.RIVAL);
        long before = log.epoch();
        assertThat(attempt(log)).isEqualTo(Outcome.LOST);
        assertThat(log.epoch()).isGreaterThan(before);
        assertThat(counters.acknowledged(0)).isEqualTo(1);
        assertThat(attempt(log)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(counters.acknowledged(0)).isEqualTo(2);
        assertThat(counters.told).hasSize(2);
    }

    @Test
    void a_commit_of_an_older_epoch_cannot_be_submitted() {
        long epoch = log.epoch();
        store.failNext(Fault.REFUSED);
        attempt(log);
        assertThat(log.submit(epoch, draft().commit(1))).isNull();
    }

    @Test
    void following_folds_what_others_appended_and_loses_what_is_queued() {
        Pending queued = counters.submit(log, draft(), Pending::applied);
        store.calmed().append(Counters.rivalRecord(List.of(), 1));
        long before = log.epoch();
        log.follow();
        assertThat(log.epoch()).isGreaterThan(before);
        assertThat(counters.acknowledged(0)).isEqualTo(1);
        assertThat(log.await(queued)).isEqualTo(Outcome.LOST);
        assertThat(attempt(log)).isEqualTo(Outcome.ACKNOWLEDGED);
    }

    @Test
    void a_log_that_cannot_be_read_after_a_lost_position_fails_the_next_commit_and_then_goes_on() {
        store.withRival(last -> {
                    LogRecord record = Counters.rivalRecord(store.records(), 1);
                    store.failNext(Fault.UNREADABLE);
                    return record;
                })
                .failNext(Fault.RIVAL);
        assertThat(attempt(log)).isEqualTo(Outcome.LOST);
        store.failNext(Fault.UNREADABLE);
        Pending failed = counters.submit(log, draft(), Pending::applied);
        assertThat(log.await(failed)).isEqualTo(Outcome.FAILED);
        assertThat(failed.failure()).isInstanceOf(StoreException.class).hasMessageContaining("cannot be read");
        assertThat(attempt(log)).isEqualTo(Outcome.LOST);
        assertThat(attempt(log)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(counters.acknowledged(0)).isEqualTo(2);
    }

    @Test
    void a_record_of_others_that_does_not_decode_leaves_nobody_waiting() {
        GroupCommit gated = open(gate);
        store.calmed().append(new LogRecord(1, 1, new byte[16], new byte[] {5, 0, 0, 0, 0}, new byte[8]));
        FutureTask<Outcome> first = crew.startAndLetWait(() -> attempt(gated));
        Pending second = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Outcome> queued = crew.startAndLetWait(() -> gated.await(second));
        gate.letThrough(1);
        assertThat(crew.join(first)).isEqualTo(Outcome.LOST);
        assertThat(crew.join(queued)).isEqualTo(Outcome.LOST);
        Pending third = counters.submit(gated, draft(), Pending::applied);
        assertThat(gated.await(third)).isEqualTo(Outcome.FAILED);
        assertThat(third.failure()).isInstanceOf(CorruptionException.class).hasMessageContaining("LSN 1");
    }

    // ---- errors

    @Test
    void a_commit_that_the_store_refused_fails_and_those_behind_it_are_lost() {
        GroupCommit gated = open(gate);
        store.failNext(Fault.REFUSED);
        Pending refused = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Outcome> first = crew.startAndLetWait(() -> gated.await(refused));
        Pending behind = counters.submit(gated, draft(), Pending::applied);
        gate.letThrough(2);
        assertThat(crew.join(first)).isEqualTo(Outcome.FAILED);
        assertThat(refused.failure()).isInstanceOf(StoreException.class).hasMessageContaining("not stored");
        assertThat(gated.await(behind)).isEqualTo(Outcome.LOST);
        assertThat(attempt(gated)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(store.records().get(0).firstLsn()).isEqualTo(1);
    }

    @Test
    void a_record_that_cannot_be_made_fails_its_commits_only() {
        AtomicLong left = new AtomicLong(1);
        Clocks clocks = new Clocks(millis::get, System::nanoTime, () -> new byte[left.getAndDecrement() > 0 ? 3 : 16]);
        GroupCommit broken = new GroupCommit(store, LogEnd.EMPTY, clocks, counters);
        assertThat(attempt(broken)).isEqualTo(Outcome.FAILED);
        assertThat(attempt(broken)).isEqualTo(Outcome.ACKNOWLEDGED);
    }

    @Test
    void a_commit_without_changes_is_refused() {
        assertThatThrownBy(() -> Commit.draft(1, draft().commit(1).origin(), List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- appends without an answer

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"UNKNOWN_STORED", "UNKNOWN_NOT_STORED", "UNKNOWN_STORED_LATER"})
    void an_append_without_an_answer_is_settled_by_whoever_comes_next(Fault fault) {
        List<Runnable> comers = List.of(log::follow, () -> attemptUntilAcknowledged(log), () -> {});
        for (Runnable comer : comers) {
            store.failNext(fault);
            Pending pending = counters.submit(log, draft(), Pending::applied);
            assertThat(log.await(pending)).isEqualTo(Outcome.UNKNOWN);
            assertThat(pending.failure()).hasMessageContaining("answer");
            comer.run();
            assertThat(log.await(pending)).isEqualTo(Outcome.ACKNOWLEDGED);
        }
        assertThat(counters.acknowledged(0)).isEqualTo(4);
        assertThat(store.records()).extracting(LogRecord::firstLsn).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void nothing_is_reserved_behind_an_append_without_an_answer() {
        store.failNext(Fault.UNKNOWN_NOT_STORED);
        Pending unknown = counters.submit(log, draft(), Pending::applied);
        assertThat(log.await(unknown)).isEqualTo(Outcome.UNKNOWN);
        store.failNext(Fault.UNKNOWN_NOT_STORED);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> counters.submit(log, draft(), Pending::applied))
                .withMessageContaining("nothing was written");
        assertThat(store.records()).isEmpty();
        attemptUntilAcknowledged(log);
        assertThat(counters.acknowledged(0)).isEqualTo(2);
        assertThat(log.await(unknown)).isEqualTo(Outcome.ACKNOWLEDGED);
    }

    @Test
    void what_was_queued_behind_an_append_without_an_answer_is_lost() {
        GroupCommit gated = open(gate);
        store.failNext(Fault.UNKNOWN_STORED);
        FutureTask<Outcome> first = crew.startAndLetWait(() -> attempt(gated));
        Pending behind = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Outcome> second = crew.startAndLetWait(() -> gated.await(behind));
        gate.letThrough(1);
        assertThat(crew.join(first)).isEqualTo(Outcome.UNKNOWN);
        assertThat(crew.join(second)).isEqualTo(Outcome.LOST);
        gate.letThrough(3);
        gated.follow();
        attemptUntilAcknowledged(gated);
        assertThat(counters.acknowledged(0)).isEqualTo(2);
    }

    @Test
    void a_refusal_of_the_second_attempt_does_not_prove_that_the_first_failed() {
        store.failNext(Fault.UNKNOWN_STORED);
        Pending pending = counters.submit(log, draft(), Pending::applied);
        assertThat(log.await(pending)).isEqualTo(Outcome.UNKNOWN);
        store.failNext(Fault.REFUSED);
        assertThat(log.await(pending)).isEqualTo(Outcome.UNKNOWN);
        assertThat(log.await(pending)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(store.records()).hasSize(1);
    }

    @Test
    void an_append_without_an_answer_whose_position_others_won_is_lost() {
        store.failNext(Fault.UNKNOWN_NOT_STORED);
        Pending pending = counters.submit(log, draft(), Pending::applied);
        assertThat(log.await(pending)).isEqualTo(Outcome.UNKNOWN);
        store.calmed().append(Counters.rivalRecord(List.of(), 1));
        log.follow();
        assertThat(log.await(pending)).isEqualTo(Outcome.LOST);
        assertThat(counters.acknowledged(0)).isEqualTo(1);
        assertThat(attempt(log)).isEqualTo(Outcome.ACKNOWLEDGED);
    }

    // ---- retries

    @Test
    void the_result_of_a_pending_commit_is_seen_until_it_is_among_the_acknowledged_ones() {
        assertThat(log.newestPending(KEY.session())).isEqualTo(-1);
        AtomicReference<Pending> seenWhilePublishing = new AtomicReference<>();
        Pending pending = submitted(log, new Draft(0, 1, KEY, 1));
        pending.applied(() -> seenWhilePublishing.set(log.pendingResult(KEY)));
        assertThat(log.pendingResult(KEY)).isSameAs(pending);
        assertThat(log.newestPending(KEY.session())).isEqualTo(7);
        assertThat(counters.hasResult(KEY)).isFalse();
        log.await(pending);
        assertThat(seenWhilePublishing.get()).isSameAs(pending);
        assertThat(log.pendingResult(KEY)).isNull();
        assertThat(counters.hasResult(KEY)).isTrue();
    }

    @Test
    void the_result_of_an_append_without_an_answer_is_seen_and_that_of_a_lost_commit_is_not() {
        GroupCommit gated = open(gate);
        RetryKey other = Counters.key(1, 2, 1);
        store.failNext(Fault.UNKNOWN_NOT_STORED);
        Pending unknown = counters.submit(gated, new Draft(0, 1, KEY, 1), Pending::applied);
        FutureTask<Outcome> first = crew.startAndLetWait(() -> gated.await(unknown));
        Pending lost = counters.submit(gated, new Draft(0, 2, other, 1), Pending::applied);
        assertThat(gated.pendingResult(other)).isSameAs(lost);
        gate.letThrough(1);
        assertThat(crew.join(first)).isEqualTo(Outcome.UNKNOWN);
        assertThat(gated.pendingResult(KEY)).isSameAs(unknown);
        assertThat(gated.pendingResult(other)).isNull();
        gate.letThrough(1);
        gated.follow();
        assertThat(gated.pendingResult(KEY)).isNull();
        assertThat(counters.hasResult(KEY)).isTrue();
    }

    // ---- interrupts, time, the end

    @Test
    void an_interrupt_ends_neither_the_wait_nor_the_append() {
        GroupCommit gated = open(gate);
        FutureTask<Boolean> writer = crew.startAndLetWait(() -> {
            Thread.currentThread().interrupt();
            return attempt(gated) == Outcome.ACKNOWLEDGED
                    && Thread.currentThread().isInterrupted();
        });
        Pending second = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Boolean> waiter = crew.startAndLetWait(() -> {
            Thread.currentThread().interrupt();
            return gated.await(second) == Outcome.ACKNOWLEDGED
                    && Thread.currentThread().isInterrupted();
        });
        gate.letThrough(2);
        assertThat(crew.join(writer)).isTrue();
        assertThat(crew.join(waiter)).isTrue();
        Thread.currentThread().interrupt();
        log.follow();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.interruptSeen()).isFalse();
    }

    @Test
    void the_times_of_records_rise_when_the_clock_does_not() {
        long second = millis.get() / 1000;
        attempt(log);
        millis.addAndGet(-60_000);
        attempt(log);
        log.observe(((second + 100) << 32) + 5);
        attempt(log);
        attempt(log);
        millis.addAndGet(600_000);
        attempt(log);
        assertThat(counters.told)
                .extracting(WalRecord::time)
                .containsExactly(
                        (second << 32) + 1,
                        (second << 32) + 2,
                        ((second + 100) << 32) + 6,
                        ((second + 100) << 32) + 7,
                        ((second + 540) << 32) + 1);
        assertThat(counters.told).extracting(WalRecord::millis).isSorted();
    }

    @Test
    void a_cluster_time_from_the_far_future_is_ignored() {
        log.observe(-1);
        log.observe(((millis.get() / 1000 + 400 * 24 * 3600) << 32));
        attempt(log);
        assertThat(counters.told.get(0).time() >>> 32).isEqualTo(millis.get() / 1000);
    }

    @Test
    void times_rise_past_the_year_2038() {
        millis.set(0x7FFF_FFFFL * 1000);
        attempt(log);
        millis.addAndGet(2000);
        attempt(log);
        attempt(log);
        assertThat(counters.told).extracting(WalRecord::time).isSortedAccordingTo(Long::compareUnsigned);
        assertThat(counters.told.get(2).time() >>> 32).isEqualTo(0x8000_0001L);
    }

    @Test
    void an_appender_goes_on_where_the_log_ends() {
        attempt(log);
        GroupCommit reopened =
                new GroupCommit(store, LogEnd.of(counters.told.get(0)), TestClocks.set(millis, 2), counters);
        assertThat(attempt(reopened)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(store.records().get(1).firstLsn()).isEqualTo(2);
        assertThat(counters.told.get(1).time())
                .isGreaterThan(counters.told.get(0).time());
    }

    @Test
    void closing_appends_what_is_queued_and_refuses_more() {
        GroupCommit gated = open(gate);
        FutureTask<Outcome> first = crew.startAndLetWait(() -> attempt(gated));
        Pending second = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Outcome> waiter = crew.startAndLetWait(() -> gated.await(second));
        Pending third = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Boolean> closer = crew.startAndLetWait(() -> {
            gated.close();
            return true;
        });
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> counters.submit(gated, draft(), Pending::applied))
                .withMessageContaining("closed");
        gate.letThrough(3);
        assertThat(crew.join(closer)).isTrue();
        assertThat(crew.join(first)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(crew.join(waiter)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThat(gated.await(third)).isEqualTo(Outcome.ACKNOWLEDGED);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(gated::follow)
                .withMessageContaining("closed");
        gated.close();
    }

    @Test
    void closing_leaves_an_append_without_an_answer_unknown() {
        GroupCommit gated = open(gate);
        store.failNext(Fault.UNKNOWN_NOT_STORED);
        Pending unknown = counters.submit(gated, draft(), Pending::applied);
        FutureTask<Outcome> waiter = crew.startAndLetWait(() -> gated.await(unknown));
        FutureTask<Boolean> closer = crew.startAndLetWait(() -> {
            gated.close();
            return true;
        });
        gate.letThrough(1);
        assertThat(crew.join(waiter)).isEqualTo(Outcome.UNKNOWN);
        assertThat(crew.join(closer)).isTrue();
        assertThat(gated.await(unknown)).isEqualTo(Outcome.UNKNOWN);
        assertThat(gate.arrived()).isEqualTo(1);
    }

    @Test
    void a_failing_publication_closes_the_log_and_leaves_nobody_waiting() {
        GroupCommit gated = open(gate);
        AssertionError bug = new AssertionError("a bug in the state");
        Pending bad = submitted(gated, draft());
        bad.applied(() -> {
            throw bug;
        });
        Pending inSameRecord = submitted(gated, draft());
        inSameRecord.applied(() -> {});
        FutureTask<Outcome> leader = crew.startAndLetWait(() -> gated.await(bad));
        FutureTask<Outcome> waiter = crew.startAndLetWait(() -> gated.await(inSameRecord));
        Pending queued = submitted(gated, draft());
        FutureTask<Outcome> behind = crew.startAndLetWait(() -> gated.await(queued));
        gate.letThrough(1);
        assertThatThrownBy(() -> crew.join(leader)).hasCause(bug);
        assertThat(crew.join(waiter)).isEqualTo(Outcome.UNKNOWN);
        assertThat(crew.join(behind)).isEqualTo(Outcome.FAILED);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> submitted(gated, draft()))
                .withMessageContaining("restart")
                .withCause(bug);
        gated.close();
        assertThat(gate.arrived()).isEqualTo(1);
    }

    @Test
    void a_follower_that_fails_closes_the_log() {
        IllegalStateException bug = new IllegalStateException("a bug in the fold");
        LogFollower failing = new LogFollower() {
            @Override
            public void acknowledged(WalRecord record) {}

            @Override
            public void followed(WalRecord record) {
                throw bug;
            }
        };
        GroupCommit broken = new GroupCommit(store, LogEnd.EMPTY, TestClocks.set(millis, 3), failing);
        Pending pending = submitted(broken, draft());
        pending.applied(() -> {});
        store.calmed().append(Counters.rivalRecord(List.of(), 1));
        assertThatThrownBy(() -> broken.await(pending)).isSameAs(bug);
        assertThat(broken.await(pending)).isEqualTo(Outcome.LOST);
        assertThatThrownBy(broken::follow).isInstanceOf(StoreException.class).hasCause(bug);
    }

    private GroupCommit open(LogStore on) {
        return new GroupCommit(on, LogEnd.EMPTY, TestClocks.set(millis, 1), counters);
    }

    private Draft draft() {
        return new Draft(0, ++tokens, null, 1);
    }

    private static Pending submitted(GroupCommit to, Draft draft) {
        return Objects.requireNonNull(to.submit(to.epoch(), draft.commit(1)));
    }

    private Outcome attempt(GroupCommit to) {
        return counters.attempt(to, draft(), Pending::applied).outcome();
    }

    private void attemptUntilAcknowledged(GroupCommit to) {
        Outcome outcome = Outcome.LOST;
        while (outcome == Outcome.LOST) {
            outcome = attempt(to);
        }
        assertThat(outcome).isEqualTo(Outcome.ACKNOWLEDGED);
    }
}

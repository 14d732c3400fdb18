package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Counters.Attempt;
import dev.offshoot.wal.Counters.Draft;
import dev.offshoot.wal.Pending.Outcome;
import dev.offshoot.wal.SimulatedLogStore.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Many writers beside each other on a store that does all it may; each seed is another course of events. */
final class GroupCommitModelTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 8);
    private static final int BRANCHES = 3;
    private static final int COMMITS = 640;
    private static final int FAULT_PERCENT = 20;
    private static final long LATENCY_NANOS = 50_000;
    private static final long POLL_MILLIS = 5;

    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);

    @Test
    void every_acknowledged_commit_is_in_the_log_once_whatever_the_store_does() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Run(seed, SimulatedLogStore.hostile(seed, FAULT_PERCENT, LATENCY_NANOS), 1 << (3 + seed % 4));
            run.store.withRival(last -> Counters.rivalRecord(run.store.records(), run.seed));
            List<Attempt> attempts = run.write();
            check(run, attempts);
            Run.checkLog(run.store, run.what);
        }
        for (Fault fault : Fault.values()) {
            assertThat(fired.get(fault)).as("%s happened", fault).isPositive();
        }
        assertThat(outcomes).containsOnlyKeys(Outcome.values());
    }

    @Test
    void two_processes_on_one_log_never_share_an_lsn_or_lose_an_increment() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimulatedLogStore store = SimulatedLogStore.hostile(seed, FAULT_PERCENT / 3, LATENCY_NANOS);
            Run one = new Run(seed, store, 8);
            Run other = new Run(seed + 1_000_000, store.sibling(-seed), 8);
            List<List<Attempt>> attempts = new Crew().together(List.of(one::write, other::write));
            one.follow();
            other.follow();
            check(one, attempts.get(0));
            check(other, attempts.get(1));
            Run.checkLog(store, one.what);
            assertThat(one.counters.told).as(one.what).hasSameSizeAs(other.counters.told);
        }
    }

    private void check(Run run, List<Attempt> attempts) {
        run.follow();
        run.check(attempts);
        attempts.forEach(a -> outcomes.merge(a.outcome(), 1, Integer::sum));
        for (Fault fault : Fault.values()) {
            fired.merge(fault, run.store.fired(fault), Integer::sum);
        }
    }

    /** One process: a group commit, its state, and writers. */
    private static final class Run {
        private final long seed;
        private final String what;
        private final SimulatedLogStore store;
        private final int writers;
        private final Counters counters = new Counters(BRANCHES);
        private final GroupCommit log;
        private final LinkedBlockingQueue<Runnable> late = new LinkedBlockingQueue<>();
        private volatile boolean ended;

        Run(long seed, SimulatedLogStore store, int writers) {
            this.seed = seed;
            this.what = "seed " + seed + ", " + writers + " writers";
            this.store = store;
            this.writers = writers;
            this.log = new GroupCommit(store, LogEnd.EMPTY, TestClocks.unsteady(seed), counters);
        }

        /** All attempts of all writers. */
        List<Attempt> write() {
            Crew crew = new Crew();
            var laggard = crew.start(this::applyLate);
            List<Callable<List<Attempt>>> works = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                works.add(() -> write(writer, new Random(seed * 1000 + writer)));
            }
            List<Attempt> all = new ArrayList<>();
            crew.together(works).forEach(all::addAll);
            ended = true;
            assertThat(crew.join(laggard)).as(what).isTrue();
            return all;
        }

        private List<Attempt> write(int writer, Random random) {
            List<Attempt> attempts = new ArrayList<>();
            for (int i = 0; i < COMMITS / writers; i++) {
                RetryKey key = random.nextBoolean() ? Counters.key(seed, writer, i) : null;
                Outcome outcome = Outcome.LOST;
                for (int again = 0; outcome == Outcome.LOST; again++) {
                    long token = ((seed * 1000 + writer) * 1000 + i) * 1000 + again;
                    int branch = random.nextInt(BRANCHES);
                    Draft draft = new Draft(branch, token, key, 1 + random.nextInt(3));
                    Attempt attempt = attempt(draft, random);
                    outcome = attempt.outcome();
                    attempts.add(attempt);
                }
            }
            return attempts;
        }

        private Attempt attempt(Draft draft, Random random) {
            boolean isLate = random.nextInt(20) == 0;
            Pending pending;
            try {
                pending =
                        counters.submit(log, draft, isLate ? (p, r) -> late.add(() -> p.applied(r)) : Pending::applied);
            } catch (StoreException e) {
                return new Attempt(draft.token(), Outcome.FAILED, 0, false);
            }
            boolean kept =
                    draft.key() == null || log.pendingResult(draft.key()) == pending || counters.hasResult(draft.key());
            Attempt attempt = counters.awaited(log, draft, pending);
            for (int i = random.nextInt(3); i > 0 && attempt.outcome() == Outcome.UNKNOWN; i--) {
                attempt = counters.awaited(log, draft, pending); // as a retry of the statement does
            }
            assertThat(kept || attempt.outcome() == Outcome.LOST || attempt.outcome() == Outcome.FAILED)
                    .as("%s: the result of a pending commit can be seen", what)
                    .isTrue();
            return attempt;
        }

        private boolean applyLate() throws InterruptedException {
            while (true) {
                // A wait without end hung once in CI with the last element in the queue: a wake-up that never came.
                Runnable next = late.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    LockSupport.parkNanos(LATENCY_NANOS);
                    next.run();
                } else if (ended) {
                    return true;
                }
            }
        }

        /** Follows until the store answered everything. */
        void follow() {
            RuntimeException last = null;
            for (int i = 0; i < 1000; i++) {
                try {
                    log.follow();
                    return;
                } catch (StoreException e) {
                    last = e;
                }
            }
            throw new AssertionError(what, last);
        }

        /** What the writers were told against the log. */
        void check(List<Attempt> attempts) {
            Map<Long, List<Long>> stored = new HashMap<>();
            List<Long> records = new ArrayList<>();
            for (LogRecord entry : store.calmed().records()) {
                records.add(entry.firstLsn());
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    stored.computeIfAbsent(Counters.token(commit), t -> new ArrayList<>())
                            .add(commit.firstLsn());
                }
            }
            int acknowledged = 0;
            for (Attempt attempt : attempts) {
                List<Long> at = stored.getOrDefault(attempt.token(), List.of());
                switch (attempt.outcome()) {
                    case ACKNOWLEDGED -> {
                        assertThat(at).as("%s: %s", what, attempt).containsExactly(attempt.lsn());
                        assertThat(attempt.publishedBefore())
                                .as("%s: %s", what, attempt)
                                .isTrue();
                        acknowledged++;
                    }
                    case LOST, FAILED ->
                        assertThat(at).as("%s: %s", what, attempt).isEmpty();
                    case UNKNOWN -> assertThat(at).as("%s: %s", what, attempt).hasSizeLessThan(2);
                }
            }
            assertThat(acknowledged).as(what).isGreaterThan(COMMITS / 4);
            assertThat(counters.published()).as(what).isSorted();
            assertThat(counters.told.stream().map(WalRecord::firstLsn)).as(what).containsExactlyElementsOf(records);
        }

        /** The log by itself: no gap, times that rise, and each counter goes up by ones. */
        static void checkLog(SimulatedLogStore store, String what) {
            long[] values = new long[BRANCHES];
            long tail = 0;
            WalRecord before = null;
            for (LogRecord entry : store.records()) {
                WalRecord record = RecordCodec.decode(entry);
                assertThat(record.firstLsn()).as(what).isEqualTo(tail + 1);
                tail = record.lastLsn();
                if (before != null) {
                    assertThat(record.time()).as(what).isGreaterThan(before.time());
                    assertThat(record.millis()).as(what).isGreaterThanOrEqualTo(before.millis());
                }
                before = record;
                for (Commit commit : record.commits()) {
                    assertThat(Counters.value(commit))
                            .as("%s: the counter at LSN %s", what, commit.firstLsn())
                            .isEqualTo(++values[(int) commit.branch()]);
                }
            }
            assertThat(tail).as(what).isGreaterThan(COMMITS / 4);
        }
    }
}

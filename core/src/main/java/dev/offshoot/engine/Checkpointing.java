package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.state.CleanupResult;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.state.Retention;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes checkpoints where they are due, and cleans up behind them. Has a thread of its own, since a checkpoint may take long.
 */
final class Checkpointing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointing.class);
    private static final long LOOK_MILLIS = 100;
    private static final long CLEANUP_MILLIS = 10 * 60_000L;
    private static final long FAILURE_PAUSE_MILLIS = 5_000;

    /** What another process is doing with a project that was dropped has ended after this time. */
    private static final long OTHERS_GRACE_MILLIS = 10 * 60_000L;

    /** Some times that between two needs, as a process may be slow. */
    private static final long NEED_MILLIS = 5 * 60_000L;

    private final Engine engine;
    private final String process = UUID.randomUUID().toString();
    private final Map<Long, Long> cleanedMillis = new HashMap<>();
    private long pausedUntilMillis;
    private long reclaimedMillis = System.currentTimeMillis();

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread checkpoints = new Thread(work, "offshoot-checkpoints");
        checkpoints.setDaemon(true);
        return checkpoints;
    });

    Checkpointing(Engine engine) {
        this.engine = engine;
    }

    void start() {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Waits for a checkpoint that is being made, and stops. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        long now = System.currentTimeMillis();
        if (now < pausedUntilMillis) {
            return;
        }
        if (now - reclaimedMillis >= CLEANUP_MILLIS) {
            reclaimedMillis = now;
            try {
                var unused = reclaim(engine.options().retention(), false);
            } catch (StoreException e) {
                LOG.warn("dropped projects stay in the store until the next try: {}", e.getMessage());
            } catch (RuntimeException | AssertionError e) { // it would end the schedule
                LOG.error("dropped projects stay in the store until the next try", e);
            }
        }
        for (Project project : engine.projects().opened()) {
            try {
                if (project.checkpoints().isDue()) {
                    checkpoint(project, now);
                }
            } catch (StoreException e) {
                LOG.warn("no checkpoint of project {}: {}", project.name(), e.getMessage());
                pausedUntilMillis = now + FAILURE_PAUSE_MILLIS;
            } catch (RuntimeException
                    | AssertionError
                    | StackOverflowError
                    | OutOfMemoryError e) { // it would end the schedule
                LOG.error("no checkpoint of project {}", project.name(), e);
                pausedUntilMillis = now + FAILURE_PAUSE_MILLIS;
            }
        }
    }

    private void checkpoint(Project project, long now) {
        project.checkpoints().checkpoint();
        if (now - cleanedMillis.getOrDefault(project.id(), 0L) >= CLEANUP_MILLIS) {
            cleanedMillis.put(project.id(), now);
            try {
                Project open =
                        engine.openProject(project.name()); // not this one if it went on from another's checkpoint
                if (open != null) {
                    cleanup(open, engine.options().retention(), false);
                }
            } catch (CommandException e) { // another process does it
                LOG.info("no cleanup of project {}: {}", project.name(), e.getMessage());
            } catch (CorruptionException e) {
                LOG.error(
                        "no cleanup of project {}, run: offshoot wal validate {}: {}",
                        project.name(),
                        project.name(),
                        e.getMessage());
            }
        }
    }

    /** Removes what of a project is neither kept nor read by anybody. */
    CleanupResult cleanup(Project project, Retention retention, boolean dryRun) {
        Uses uses = uses(project);
        return project.checkpoints().cleanup(retention, uses.positions(), uses.sinceMillis(), dryRun);
    }

    /** Removes from the store what was dropped longer ago than positions are kept, and what nobody may still be reading. */
    List<Projects.Reclaimed> reclaim(Retention retention, boolean dryRun) {
        if (retention.isForever()) {
            return List.of();
        }
        long grace =
                engine.isShared() ? Math.max(retention.graceMillis(), OTHERS_GRACE_MILLIS) : retention.graceMillis();
        long before = System.currentTimeMillis() - Math.max(retention.keepMillis(), grace);
        before = Math.min(before, engine.operations().oldestMillis());
        for (Cursors.Open cursor : engine.cursors().list()) {
            before = Math.min(before, cursor.createdMillis);
        }
        return engine.projects().reclaim(before, process, dryRun);
    }

    /** Tells other processes on a shared store what this one needs of each project, for a while. */
    void publishNeeds() {
        long until = System.currentTimeMillis() + NEED_MILLIS;
        for (Project project : engine.projects().opened()) {
            try {
                Uses uses = uses(project);
                project.checkpoints().need(process, uses.positions(), uses.sinceMillis(), until);
            } catch (StoreException e) { // the others' needs are to be told all the same
                LOG.warn("others do not learn what is needed of project {}: {}", project.name(), e.getMessage());
            }
        }
    }

    /** Lets others remove what only this process needed. */
    void withdrawNeeds() {
        for (Project project : engine.projects().opened()) {
            try {
                project.checkpoints().needNothing(process);
            } catch (StoreException e) {
                LOG.warn("a need of project {} ends by itself in some minutes: {}", project.name(), e.getMessage());
            }
        }
    }

    /** Past positions that commands and cursors read at, and when the oldest of those began who read the newest state. */
    private record Uses(List<Long> positions, long sinceMillis) {}

    private Uses uses(Project project) {
        long since = engine.operations().oldestMillis();
        List<Long> positions = engine.operations().positions(project.name()); // first: a command leaves a cursor behind
        for (Cursors.Open cursor : engine.cursors().list()) {
            since = Math.min(since, cursor.createdMillis);
            if (DatabaseReference.parse(cursor.database).project().equals(project.name())) {
                positions.addAll(cursor.positions);
            }
        }
        return new Uses(positions, since);
    }
}

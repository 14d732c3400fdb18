package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.View;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an engine does on the side, on one thread: follows a shared store, writes the readable views at most once a second (decision 1),
 * ends idle cursors, forgets how indexes were used that are gone, removes documents and branches that have expired.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long VIEWS_MILLIS = 1000;
    private static final long NEEDS_MILLIS = 30_000;
    private static final long CURSORS_MILLIS = 60_000;
    private static final long EXPIRY_MILLIS = 1000;

    private final Engine engine;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread housekeeping = new Thread(task, "offshoot-housekeeping");
        housekeeping.setDaemon(true);
        return housekeeping;
    });

    private long expiredMillis = System.currentTimeMillis();

    Housekeeping(Engine engine) {
        this.engine = engine;
    }

    void start() {
        every(CURSORS_MILLIS, engine.cursors()::expire);
        every(CURSORS_MILLIS, engine.sessions()::expire);
        every(CURSORS_MILLIS, () -> engine.indexUses().retain(engine.projects().opened()));
        every(EXPIRY_MILLIS, this::expire);
        every(EXPIRY_MILLIS, this::expireBranches);
        every(VIEWS_MILLIS, this::publishViews); // also where the store keeps no views, so that no marks pile up
        if (engine.isShared()) {
            engine.meters().follow().watchLag();
            every(engine.options().tailMillis(), this::follow);
            every(NEEDS_MILLIS, engine.checkpointing()::publishNeeds);
        }
    }

    /** Writes the views once more, so that they are up to date, and stops. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        guarded(this::publishViews);
    }

    private void every(long millis, Runnable work) {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(() -> guarded(work), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Whether it went well. */
    private static boolean guarded(Runnable work) {
        try {
            work.run();
            return true;
        } catch (StoreException e) {
            LOG.warn("{}", e.getMessage());
        } catch (RuntimeException | AssertionError | StackOverflowError e) { // one that got out would end the schedule
            LOG.error("housekeeping failed", e);
        }
        return false;
    }

    /** Looks for expired documents as often as the parameters say. */
    private void expire() {
        long now = System.currentTimeMillis();
        Parameters parameters = engine.parameters();
        if (parameters.isTtlEnabled() && now - expiredMillis >= parameters.ttlSeconds() * 1000) {
            expiredMillis = now;
            for (Project project : engine.projects().opened()) {
                guarded(() -> new Expiry(project, now).run());
            }
        }
    }

    private void expireBranches() {
        long now = System.currentTimeMillis();
        for (Project project : engine.projects().opened()) {
            guarded(() -> new BranchExpiry(project, now).run());
        }
    }

    private void follow() {
        long start = System.nanoTime();
        boolean caughtUp = guarded(engine.projects()::follow);
        for (Project project : engine.projects().opened()) {
            caughtUp &= guarded(project::follow); // one that is broken must not keep the others from it
        }
        engine.meters().follow().ended(System.nanoTime() - start, caughtUp);
    }

    private void publishViews() {
        for (Project project : engine.projects().opened()) {
            guarded(() -> publishViews(project));
        }
    }

    private void publishViews(Project project) {
        boolean moved = false;
        for (long id : project.takeMoved()) {
            publish(project, id);
            moved = true;
        }
        if (moved) {
            publish(project);
        }
    }

    private void publish(Project project, long branchId) {
        Branch branch = project.catalog().branch(branchId);
        if (branch == null) {
            return;
        }
        Branch parent = project.catalog().branch(branch.parent());
        DocBuilder view = new DocBuilder()
                .append("project", project.name())
                .append("name", branch.name())
                .append("base_lsn", branch.base())
                .append("parent", parent == null ? "" : parent.name())
                .append("deleted", branch.dropped())
                .appendDate("created_at", branch.createdMillis())
                .appendDate("updated_at", project.lastMillis());
        Snapshot head = project.acknowledgedState(branchId);
        if (head != null) {
            view.append("head_lsn", head.lsn());
        }
        engine.store()
                .publish(new View("wal_branches", project.id() + "/" + branchId, project.lastLsn(), view.build()));
    }

    private void publish(Project project) {
        byte[] view = new DocBuilder()
                .append("name", project.name())
                .append("head_lsn", project.lastLsn())
                .append("branches", project.catalog().size())
                .appendDate("created_at", project.branch(Branch.MAIN).createdMillis())
                .appendDate("updated_at", project.lastMillis())
                .build();
        engine.store().publish(new View("wal_projects", Long.toString(project.id()), project.lastLsn(), view));
    }
}

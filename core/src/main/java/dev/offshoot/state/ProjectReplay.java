package dev.offshoot.state;

import dev.offshoot.metrics.ProjectMeters;
import dev.offshoot.mql.CommandException;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.LogFollower;
import dev.offshoot.wal.WalReader;
import dev.offshoot.wal.WalRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the acknowledged state of a project in step with its log: when the project is opened, and with each record that another process
 * appends. Of our own records it only remembers time and results; their commits are published by whoever made them. Used by the thread that
 * opens the project, then by the leader of the group commit.
 */
final class ProjectReplay implements LogFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectReplay.class);

    private final ProjectStorage storage;
    private final History history;
    private final ProjectCheckpoints checkpoints;
    private final AcknowledgedState acknowledged;
    private final Clocks clocks;
    private final ProjectMeters meters;

    ProjectReplay(
            ProjectStorage storage,
            History history,
            ProjectCheckpoints checkpoints,
            AcknowledgedState acknowledged,
            Clocks clocks,
            ProjectMeters meters) {
        this.storage = storage;
        this.history = history;
        this.checkpoints = checkpoints;
        this.acknowledged = acknowledged;
        this.clocks = clocks;
        this.meters = meters;
    }

    /** The newest usable checkpoint, and what the log holds above it. Where that is much, checkpoints are made on the way. */
    LogEnd recover() {
        LogEnd end = restore(checkpoints.newestUsable());
        try (WalReader reader = WalReader.open(storage.log(), end.lsn() + 1)) {
            FoldPages.Window window = checkpoints.folds().window();
            Replay replay = continued(window);
            boolean saving = true;
            for (WalReader.Decoded read = reader.next(); read != null; read = reader.next()) {
                WalRecord record = read.record();
                apply(record, replay);
                remember(record);
                end = LogEnd.of(record);
                meters.replay().folded(record.count(), read.storedBytes());
                if (saving && checkpoints.isDue()) {
                    acknowledged.install(replay);
                    window.publish();
                    saving = saved(end);
                    window = checkpoints.folds().window();
                    replay = continued(window);
                }
            }
            acknowledged.install(replay);
            window.publish();
        }
        acknowledged.reached(end.lsn());
        return end;
    }

    private void apply(WalRecord record, Replay replay) {
        try {
            replay.apply(record);
        } catch (CommandException e) {
            throw new CorruptionException("project '" + acknowledged.project() + "': the record at LSN "
                    + record.firstLsn() + " refers to a state that cannot be read: " + e.getMessage()
                    + ". Restore the project from a backup");
        }
    }

    /** Whether there is a checkpoint of the state now; where the store does not take it, memory has to hold more. */
    private boolean saved(LogEnd end) {
        try {
            checkpoints.save(
                    acknowledged.capture(end, checkpoints, clocks.millis().getAsLong()));
            return true;
        } catch (StoreException e) {
            LOG.warn(
                    "no checkpoint of project {} on the way through its log: {}",
                    acknowledged.project(),
                    e.getMessage());
            return false;
        }
    }

    private Replay continued(FoldPages.Window window) {
        Replay.Positions positions = (branches, branch, lsn) -> {
            Snapshot state = history.at(branches, branch, lsn).folded();
            window.refer(history.sources(state));
            return state;
        };
        return new Replay(acknowledged.catalog(), acknowledged::stored, positions, window);
    }

    private LogEnd restore(@Nullable Checkpoint checkpoint) {
        if (checkpoint == null) {
            requireWholeLog();
            return LogEnd.EMPTY;
        }
        acknowledged.load(checkpoint, storage.pages());
        checkpoints.loaded(checkpoint);
        return checkpoint.manifest().end();
    }

    private void requireWholeLog() {
        long first = storage.log().firstLsn();
        if (first > 1) {
            throw new CorruptionException("project '" + acknowledged.project() + "': its log begins at LSN " + first
                    + " and no checkpoint of what was before can be read. Restore the project from a backup");
        }
    }

    @Override
    public void acknowledged(WalRecord record) {
        remember(record);
    }

    @Override
    public void followed(WalRecord record) {
        try {
            FoldPages.Window window = checkpoints.folds().window();
            Replay replay = continued(window);
            replay.apply(record);
            acknowledged.install(replay);
            window.publish();
            remember(record);
            acknowledged.reached(record.lastLsn());
            meters.follow().folded();
        } catch (CommandException e) { // it slept while what the record refers to was cleaned up
            acknowledged.breakDown(
                    new StoreException("the record at LSN " + record.firstLsn() + " cannot be followed", e));
            throw e;
        } catch (RuntimeException | Error e) {
            acknowledged.breakDown(e);
            throw e;
        }
    }

    private void remember(WalRecord record) {
        checkpoints.unsaved().add(record);
        acknowledged.remember(record);
    }
}

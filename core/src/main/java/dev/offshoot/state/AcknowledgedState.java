package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.page.Pages;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import dev.offshoot.wal.RetryTable;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the log of an open project has come to, as far as it is acknowledged: the branches, their heads, the results of retryable writes, and
 * how far that is. Readers see nothing else. Written by the leader of the group commit, or while the project is opened; read by anyone, without
 * a lock. An LSN is set once the state at it is published.
 */
final class AcknowledgedState {
    private final String project;
    private final Map<Long, Head> heads = new ConcurrentHashMap<>();
    private final Set<Long> moved = ConcurrentHashMap.newKeySet();
    private final RetryTable<byte[]> executed = new RetryTable<>();
    private volatile Catalog catalog = Catalog.empty();

    /** Heads that were asked for by exactly their branches' names; given up with each catalog, after it. */
    private volatile Map<String, Head> named = new ConcurrentHashMap<>();

    private volatile long lastLsn;
    private volatile long lastTime;
    private volatile long lastMillis;

    private volatile @Nullable Throwable broken;
    private volatile boolean dropped;

    /** @param project its name */
    AcknowledgedState(String project) {
        this.project = project;
    }

    String project() {
        return project;
    }

    Catalog catalog() {
        return catalog;
    }

    /** The heads of the branches that are there, by their ids; branch events change it as they are published. */
    Map<Long, Head> heads() {
        return heads;
    }

    long lastLsn() {
        return lastLsn;
    }

    long lastTime() {
        return lastTime;
    }

    long lastMillis() {
        return lastMillis;
    }

    // ---- branches, tags and positions

    Head existingHead(Branch branch) {
        Head head = heads.get(branch.id());
        if (head == null) {
            throw gone(branch.name());
        }
        return head;
    }

    @Nullable
    Snapshot headOf(String branchName) {
        Map<String, Head> known = named; // before the catalog, so that nothing older than it is put there
        Head head = known.get(branchName);
        return head == null ? lookUp(branchName, known) : head.seen();
    }

    private @Nullable Snapshot lookUp(String branchName, Map<String, Head> known) {
        Branch branch = catalog.branch(branchName);
        Head head = branch == null ? null : heads.get(branch.id());
        if (branch == null || head == null) {
            return null;
        }
        if (branch.name().equals(branchName)) { // no other spellings, so that there are no more than branches
            known.put(branchName, head);
        }
        return head.seen();
    }

    /** The state of the branch with this id, through its mask; null when it is gone. */
    @Nullable
    Snapshot seen(long branch) {
        Head head = heads.get(branch);
        return head == null ? null : head.seen();
    }

    /** The same as it is stored. */
    @Nullable
    Snapshot stored(long branch) {
        Head head = heads.get(branch);
        return head == null ? null : head.acknowledged;
    }

    /** What the branch with this id was made from, where that is at hand. */
    @Nullable
    Snapshot base(long branch) {
        Head head = heads.get(branch);
        return head == null ? null : head.state().base();
    }

    Branch branch(String branchName) {
        Branch branch = catalog.branch(branchName);
        if (branch == null || branch.name().equals(Branch.INTERNAL)) {
            throw gone(branchName);
        }
        return branch;
    }

    Tag tag(String tagName) {
        Tag tag = catalog.tag(tagName);
        if (tag == null) {
            String other = catalog.branch(tagName) == null ? "" : "that is a branch; ";
            List<String> names = catalog.tags().stream().map(Tag::name).toList();
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "tag '" + tagName + "' not found in '" + project + "'; " + other
                            + NearNames.hint("it has", tagName, names));
        }
        return tag;
    }

    long checkPosition(long lsn) {
        if (lsn < 0 || lsn > lastLsn) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "position " + lsn + " is not in project '" + project + "'; its positions are 0 to " + lastLsn);
        }
        return lsn;
    }

    CommandException gone(String branchName) {
        String other = catalog.tag(branchName) == null ? "" : "that is a tag; ";
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "branch '" + branchName + "' not found in '" + project + "'; " + other
                        + NearNames.hint("it has", branchName, branchNames()));
    }

    CommandException unknown(String branchOrTag) {
        List<String> names = branchNames();
        List<String> tags = catalog.tags().stream().map(Tag::name).toList();
        if (tags.isEmpty()) {
            return gone(branchOrTag);
        }
        names.addAll(tags);
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "branch or tag '" + branchOrTag + "' not found in '" + project + "'; "
                        + NearNames.hint("it has", branchOrTag, names));
    }

    private List<String> branchNames() {
        List<String> names = new ArrayList<>();
        catalog.branches().forEach(branch -> names.add(branch.name()));
        return names;
    }

    // ---- retryable writes

    /** The newest transaction number of a session. */
    long newestTransaction(UUID session) {
        synchronized (executed) {
            return executed.newest(session);
        }
    }

    byte @Nullable [] result(RetryKey key) {
        synchronized (executed) {
            return executed.get(key);
        }
    }

    // ---- publication

    /** Publishes the state that commits of a branch made. */
    void publish(Head head, Snapshot state) {
        head.acknowledged = state;
        lastLsn = state.lsn();
        moved.add(state.branch());
    }

    /** Publishes what a commit of a branch says to the catalog, before its state. */
    void follow(Commit commit) {
        if (Catalog.concerns(commit)) {
            catalog = catalog.apply(commit, lastMillis);
        }
    }

    /** Publishes a branch event: the branches there are now, and whose view has to follow. */
    void publish(Catalog branches, long lsn) {
        catalog = branches;
        named = new ConcurrentHashMap<>();
        lastLsn = lsn;
    }

    /** Publishes that all up to an LSN was folded. */
    void reached(long lsn) {
        lastLsn = lsn;
    }

    void moved(long branch) {
        moved.add(branch);
    }

    /** The branches whose head moved since the last call. */
    Set<Long> takeMoved() {
        Set<Long> taken = new TreeSet<>(moved);
        moved.removeAll(taken);
        return taken;
    }

    /** Takes what a checkpoint has; before anybody else sees this. */
    void load(Checkpoint checkpoint, Pages pages) {
        catalog = checkpoint.catalog();
        checkpoint.forEachState((branch, state) -> heads.put(branch, head(catalog, branch, state)));
        LogEnd end = checkpoint.manifest().end();
        lastTime = end.time();
        lastMillis = end.millis();
        RetryResults.load(checkpoint.manifest().retries(), pages, executed);
    }

    /** Publishes what records were folded to. */
    void install(Replay replay) {
        replay.forEachHead(state -> {
            long branch = state.head().branch();
            Head head = heads.get(branch);
            if (head == null) {
                heads.put(branch, head(replay.catalog(), branch, state));
            } else {
                head.acknowledged = state.head();
            }
            moved.add(branch);
        });
        Catalog before = catalog;
        catalog = replay.catalog();
        for (Long branch : replay.dropped()) {
            heads.remove(branch);
            moved.add(branch);
        }
        if (catalog != before) {
            named = new ConcurrentHashMap<>();
        }
    }

    private static Head head(Catalog branches, long branch, BranchState state) {
        return new Head(state.head(), state.base(), branches.existing(branch).mask());
    }

    /** The time and the results of a record. Without its LSN: a position exists once the state at it is published. */
    void remember(WalRecord record) {
        lastTime = record.time();
        lastMillis = record.millis();
        synchronized (executed) {
            for (Commit commit : record.commits()) {
                for (RetryResult result : commit.results()) {
                    executed.put(result.key(), result.result(), record.millis());
                }
            }
        }
    }

    /**
     * All of it at the end of the log, for a checkpoint; between two records.
     *
     * @param millis the wall clock, in milliseconds since 1970
     */
    Capture capture(LogEnd end, ProjectCheckpoints checkpoints, long millis) {
        Map<Long, BranchState> states = new HashMap<>();
        heads.forEach((branch, head) -> states.put(branch, head.state()));
        synchronized (executed) {
            Unsaved.Amount taken = checkpoints.unsaved().take(millis);
            return new Capture(
                    end,
                    catalog,
                    states,
                    executed.entries(),
                    taken,
                    checkpoints.folds().published());
        }
    }

    // ---- the end of it

    /** Publishes nothing any more: the state could not follow what is in the log, or on its way there. */
    void breakDown(Throwable cause) {
        broken = cause;
    }

    /** Why nothing is published any more, or null. */
    @Nullable
    Throwable broken() {
        return broken;
    }

    /** Refuses to go on with a state that is not what the log says. */
    void checkWhole() {
        Throwable cause = broken;
        if (cause instanceof StoreException) {
            throw new StoreException(
                    "project '" + project + "' is being opened again: " + cause.getMessage()
                            + ". Send the command again",
                    cause);
        }
        if (cause != null) {
            throw new StoreException(
                    "project '" + project + "' stopped after an internal error; its log is whole: restart the server"
                            + " to fold it again",
                    cause);
        }
    }

    /** Makes writers that still have the project learn that it was removed. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }

    CommandException droppedException() {
        return new CommandException(ErrorCode.NAMESPACE_NOT_FOUND, "project '" + project + "' was dropped meanwhile");
    }
}

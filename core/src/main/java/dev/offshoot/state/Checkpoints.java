package dev.offshoot.state;

import dev.offshoot.page.PageRoot;
import dev.offshoot.page.PageWalk;
import dev.offshoot.page.Pages;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Entry;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one project (decision 8). Writing one goes in this order, so that a manifest never promises what is not there:
 *
 * <ol>
 *   <li>pages, below before above; what is in pages already is not written again;
 *   <li>the pages are made durable;
 *   <li>the log is made durable through the checkpoint's LSN;
 *   <li>the manifest.
 * </ol>
 *
 * <p>Thread safe, but one thread at a time writes.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final ProjectStorage storage;
    private final Pages pages;

    /** Why pages may be missing that the project's state refers to: making them durable failed. */
    private volatile @Nullable StoreException unsure;

    /** The LSNs of damaged checkpoints that the log of the program names already: each read far back passes them again. */
    private final Set<Long> toldDamaged = ConcurrentHashMap.newKeySet();

    private boolean resigned;

    Checkpoints(ProjectStorage storage) {
        this.storage = storage;
        this.pages = storage.pages();
    }

    /**
     * Makes a checkpoint of what was captured; where there is a whole one at this LSN it stays.
     *
     * @param kept states at past positions, as in {@link Checkpoint#kept}
     * @throws OtherCheckpointException when another process made one at this LSN, of other pages
     * @throws dev.offshoot.store.StoreException when the store failed; then there is no new checkpoint
     */
    Manifest write(Capture capture, Tree<BranchState> kept, long nowMillis) {
        requireSure();
        List<Entry<BranchState>> states = new ArrayList<>();
        new TreeMap<>(capture.states()).forEach((id, state) -> states.add(new Entry<>(RecordId.key(id), state)));
        Catalog catalog = capture.catalog();
        PageRoot stateRoot = pages.store(Tree.bulkLoad(states.iterator()), BranchStateFormat.FORMAT);
        Manifest manifest = new Manifest(
                storage.id(),
                capture.end(),
                catalog.ended(),
                pages.store(catalog.byId(), BranchFormat.FORMAT),
                pages.store(catalog.byName(), BranchFormat.FORMAT),
                pages.store(catalog.tagTree(), TagFormat.FORMAT),
                pages.store(catalog.lineageTree(), LineageFormat.FORMAT),
                pages.store(catalog.restoreTree(), LineageFormat.FORMAT),
                catalog.properties(),
                stateRoot,
                pages.store(kept, BranchStateFormat.FORMAT),
                RetryResults.store(capture.retries(), pages),
                nowMillis);
        flush();
        storage.log().sync();
        removeUnusable(manifest.lsn());
        storage.manifests().put(manifest.lsn(), manifest.toBytes());
        requireKept(manifest);
        return manifest;
    }

    /** Another process may have made a checkpoint of the same position; then its manifest stays, and pages of ours may be reached by none. */
    private void requireKept(Manifest manifest) {
        Checkpoint kept = open(manifest.lsn());
        if (kept == null || !kept.manifest().hasRootsOf(manifest)) {
            String message = "another process made a checkpoint of log " + storage.id() + " at LSN " + manifest.lsn()
                    + " in other pages; the project goes on from that one";
            StoreException cause = kept == null
                    ? new StoreException(message, null)
                    : new OtherCheckpointException(message, kept.manifest());
            unsure = cause;
            throw cause;
        }
    }

    /** There is a checkpoint, which is not the one that was to be made. The project has to be opened again, from there. */
    static final class OtherCheckpointException extends StoreException {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // never serialized
        private final Manifest manifest;

        OtherCheckpointException(String message, Manifest manifest) {
            super(message, null);
            this.manifest = manifest;
        }

        Manifest manifest() {
            return manifest;
        }
    }

    /** A manifest that is damaged, or of records that were lost, would keep its place. */
    private void removeUnusable(long lsn) {
        if (storage.manifests().get(lsn) != null && readable(lsn) == null) {
            LOG.warn("replacing checkpoint {} of log {}, which is damaged or of another log", lsn, storage.id());
            storage.manifests().delete(lsn);
            toldDamaged.remove(lsn);
        }
    }

    /** The checkpoint at an LSN; null when there is none, its manifest is damaged, or it is of records that are not in the log. */
    @Nullable
    Checkpoint readable(long lsn) {
        try {
            Checkpoint found = open(lsn);
            return found == null || !isOfLog(found.manifest()) ? null : found;
        } catch (CorruptionException e) {
            passOver(lsn, e);
            return null;
        }
    }

    private void flush() {
        try {
            pages.pageStore().flush();
        } catch (StoreException e) {
            unsure = e;
            throw e;
        }
    }

    /** Whether pages that the state refers to may be missing. */
    boolean isUnsure() {
        return unsure != null;
    }

    private void requireSure() {
        StoreException cause = unsure;
        if (cause != null) {
            throw new StoreException(
                    "no checkpoints of log " + storage.id() + " since its pages could not be made durable; its log is"
                            + " whole, and it is opened again with the next command",
                    cause);
        }
    }

    /** The LSNs of all manifests, ascending. */
    List<Long> list() {
        return storage.manifests().list();
    }

    /**
     * The newest checkpoint that can be read and belongs to the log; null when there is none. What was passed over is logged.
     *
     * @throws CorruptionException when a checkpoint proves that the log lost its end: it was synced up to there before
     */
    @Nullable
    Checkpoint newestUsable() {
        requireEnd();
        Checkpoint sound = newest(storage.damaged());
        if (storage.damaged().isEmpty()) {
            return sound;
        }
        if (sound == null && storage.log().firstLsn() > 1) {
            LOG.error(
                    "log {} has no checkpoint without a damaged page and does not reach back to its beginning; what the"
                            + " pages hold cannot be read. Restore the project from a backup: {}",
                    storage.id(),
                    storage.damaged());
            resigned = true;
            return newest(Set.of());
        }
        giveUpDamaged(sound == null ? 0 : sound.manifest().lsn());
        return sound;
    }

    /** Going on would give LSNs away again that were acknowledged. */
    private void requireEnd() {
        Checkpoint last = newestWhole();
        if (last != null && !isTrimmedOr(last.lsn(), Objects::nonNull)) {
            throw new CorruptionException(
                    "log " + storage.id() + " ends before LSN " + last.lsn()
                            + ", where its newest checkpoint shows that records were stored: they are lost. Put the missing files"
                            + " back or restore the project from a backup; docs/operations.md tells how to give up what is missing");
        }
    }

    /** Whether the log begins above an LSN, or else something holds of its record there, which is null behind its end. */
    private boolean isTrimmedOr(long lsn, Predicate<@Nullable LogRecord> orElse) {
        LogStore log = storage.log();
        if (lsn < log.firstLsn()) {
            return true;
        }
        try (RecordCursor cursor = log.read(lsn)) {
            return orElse.test(cursor.next()) || lsn < log.firstLsn(); // another process may have been quicker
        } catch (StoreException e) {
            if (lsn < log.firstLsn()) {
                return true;
            }
            throw e;
        }
    }

    /** Passes over those whose manifests are damaged: they prove nothing. */
    private @Nullable Checkpoint newestWhole() {
        List<Long> all = list();
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                return open(all.get(i));
            } catch (CorruptionException e) {
                LOG.debug("checkpoint {} of log {} tells nothing: {}", all.get(i), storage.id(), e.getMessage());
            }
        }
        return null;
    }

    /** Whether damaged pages have to be lived with. */
    boolean isResigned() {
        return resigned;
    }

    /**
     * Removes the checkpoints above, which reach damaged pages, and those pages, so that whoever makes them again can store them. Older ones
     * that reach them go too where the log has all that they hold; past positions would be read from them otherwise.
     */
    private void giveUpDamaged(long sound) {
        boolean isAllInLog = storage.log().firstLsn() == 1;
        for (long lsn : list()) {
            if (lsn > sound || (isAllInLog && lsn < sound && reachesDamaged(lsn))) {
                storage.manifests().delete(lsn);
            }
        }
        pages.pageStore().sweep(id -> !storage.damaged().contains(id), Long.MAX_VALUE, false);
    }

    private boolean reachesDamaged(long lsn) {
        try {
            Checkpoint found = open(lsn);
            return found != null && reaches(found.manifest(), storage.damaged());
        } catch (CorruptionException e) {
            return true;
        }
    }

    private @Nullable Checkpoint newest(Set<PageId> avoided) {
        List<Long> all = list();
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                Checkpoint found = usable(all.get(i));
                if (found != null && !reaches(found.manifest(), avoided)) {
                    return found;
                }
            } catch (CorruptionException e) {
                LOG.warn(
                        "checkpoint {} of log {} is damaged, going back to an older one and more of the log: {}",
                        all.get(i),
                        storage.id(),
                        e.getMessage());
            }
        }
        return null;
    }

    private boolean reaches(Manifest manifest, Set<PageId> avoided) {
        if (avoided.isEmpty()) {
            return false;
        }
        PageWalk walk = PageWalk.reaching(pages);
        Cleanup.trees(manifest).forEach(walk::add);
        boolean reached = avoided.stream().anyMatch(walk.reached()::contains);
        if (reached) {
            LOG.warn(
                    "checkpoint {} of log {} reaches a damaged page, going back to an older one and more of the log",
                    manifest.lsn(),
                    storage.id());
        }
        return reached;
    }

    private @Nullable Checkpoint usable(long lsn) {
        Checkpoint found = open(lsn);
        if (found == null) {
            return null;
        }
        if (!isOfLog(found.manifest())) {
            LOG.warn(
                    "checkpoint {} is passed over: log {} has no record that ends there, so it was replaced by another one",
                    lsn,
                    storage.id());
            return null;
        }
        found.catalog().branches();
        found.catalog().tags();
        found.catalog().lineage();
        found.catalog().restores();
        found.forEachState((id, state) -> state.head().all());
        Cursor<BranchState> kept = found.kept().ascending(null, null);
        while (kept.next()) {
            kept.value().head().byName();
        }
        return found;
    }

    /** Whether the log still has, or has trimmed, the record that the checkpoint ends with. */
    private boolean isOfLog(Manifest manifest) {
        return isTrimmedOr(
                manifest.lsn(),
                record -> record != null
                        && record.lastLsn() == manifest.lsn()
                        && RecordCodec.timeOf(record) == manifest.end().time());
    }

    /**
     * The checkpoint at an LSN; null when there is none.
     *
     * @throws CorruptionException when its manifest is damaged
     */
    @Nullable
    Checkpoint open(long lsn) {
        byte[] bytes = storage.manifests().get(lsn);
        if (bytes == null) {
            return null;
        }
        return Checkpoint.of(bytes, storage.id(), lsn, pages);
    }

    /**
     * Where the fold to a position may begin: the nearest state below that the log goes on from; null for none.
     *
     * @param reading is told of each checkpoint before it is read, here and below: {@link Readings.Reading#from}
     */
    @Nullable
    Start nearest(PastPosition position, LongConsumer reading) {
        List<Long> all = list();
        for (int i = all.size() - 1; i >= 0; i--) {
            Start start = below(all.get(i), position, reading);
            if (start != null) {
                return start;
            }
        }
        return null;
    }

    /** All states that the log goes on from to the position, the farthest first. */
    List<Start> leadingTo(PastPosition position, LongConsumer reading) {
        List<Start> leading = new ArrayList<>();
        for (long at : list()) {
            Start start = below(at, position, reading);
            if (start != null) {
                leading.add(start);
            }
        }
        return leading;
    }

    private @Nullable Start below(long at, PastPosition position, LongConsumer reading) {
        if (at > position.lsn() || at + 1 < storage.log().firstLsn()) {
            return null;
        }
        Checkpoint.Led led = look(at, reading, checkpoint -> checkpoint.leadingTo(position));
        return led == null ? null : new Start(led.state(), at, at, true, led.part());
    }

    /** The state at the position itself, from any checkpoint; null where none has it. */
    @Nullable
    Start exact(PastPosition position, LongConsumer reading) {
        List<Long> all = list();
        for (int i = all.size() - 1; i >= 0; i--) {
            Snapshot state = look(all.get(i), reading, checkpoint -> checkpoint.at(position));
            if (state != null) {
                return new Start(state, position.lsn(), all.get(i), true, Start.AT_POSITION);
            }
        }
        return null;
    }

    /**
     * A state to fold on from.
     *
     * @param lsn up to which it holds all changes of the position
     * @param from the checkpoint whose pages it needs, or a position below such a one
     * @param isStored whether it was found in that checkpoint and is not in use otherwise
     * @param part the part of the position's history that it is of, as {@link Segments} counts
     */
    record Start(Snapshot state, long lsn, long from, boolean isStored, int part) {
        /** For a state that is the one at the position. */
        static final int AT_POSITION = -1;
    }

    private <T> @Nullable T look(long at, LongConsumer reading, Function<Checkpoint, @Nullable T> look) {
        reading.accept(at); // before the look whether it is still there
        try {
            Checkpoint checkpoint = open(at);
            return checkpoint == null ? null : look.apply(checkpoint);
        } catch (CorruptionException e) {
            passOver(at, e);
            return null;
        }
    }

    private void passOver(long lsn, CorruptionException why) {
        if (toldDamaged.add(lsn)) {
            LOG.warn("checkpoint {} of log {} is damaged and passed over: {}", lsn, storage.id(), why.getMessage());
        }
    }
}

package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.RecordSummary;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commits that a position of a branch sees, the newest first. The log can only be read forwards, so it is read in windows, the newest
 * first, which double in size: a few commits cost a few reads, and all of them little more than reading the log once. What
 * other branches did between is passed over without being looked at where it lies between two segments. Between two commits that it hands
 * out nothing of the log is open, and it holds at most a window: without documents, or where edits are asked for, as many as take 8 MiB.
 *
 * <p>Where edits are asked for, the state before a window is made once and its commits are folded on it.
 *
 * <p>Not thread safe.
 */
public final class BranchLog implements Iterator<LoggedCommit> {
    private static final long WINDOW_MIN = 64;
    private static final long WINDOW_MAX = 8192;
    private static final int EDITED_COMMITS_MAX = 64;
    private static final long EDITED_BYTES_MAX = 8 << 20;
    private static final byte[] NOTHING = {};

    /** The commands whose commits touch the collection that their origin names, and no other. */
    private static final Set<String> ABOUT_ONE = Set.of("insert", "update", "delete", "findAndModify");

    private final Project project;
    private final Catalog catalog;
    private final LogQuery query;
    private final Runnable patience;
    private final Segments segments;
    private final CollectionNames names;
    private final ArrayDeque<LoggedCommit> ready = new ArrayDeque<>();
    private long width = WINDOW_MIN;
    private long upTo;
    private long trimmedBelow;

    /** @param patience called for every window and now and then within; what it throws ends this */
    BranchLog(Project project, Branch branch, long lsn, LogQuery query, Runnable patience) {
        this.project = project;
        this.catalog = project.catalog();
        this.query = query;
        this.patience = patience;
        Segments whole = catalog.segments(branch, lsn);
        Segments.Segment top = newest(whole, Math.min(lsn, query.upTo()));
        this.upTo = top == null ? 0 : Math.min(query.upTo(), top.upTo());
        this.segments = whole;
        project.checkPosition(lsn);
        long start = upTo;
        this.names = new CollectionNames(
                () -> top == null || query.upTo() >= lsn
                        ? project.storedAt(branch, lsn)
                        : project.storedAt(catalog.existing(top.branch()), start),
                this::before,
                commit -> !query.replays().test(commit));
    }

    /** The newest part that begins at or below an LSN. */
    static Segments.@Nullable Segment newest(Segments segments, long lsn) {
        for (Segments.Segment segment : segments.newestFirst()) {
            if (segment.above() < lsn) {
                return segment;
            }
        }
        return null;
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && upTo > query.above()) {
            patience.run();
            fill();
        }
        return !ready.isEmpty();
    }

    @Override
    public LoggedCommit next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    /** The first LSN of the log where this came to its beginning because what was before is no longer kept; else 0. */
    public long trimmedBelow() {
        return trimmedBelow;
    }

    private void fill() {
        Segments.Segment segment = newest(segments, upTo);
        if (segment == null) {
            upTo = 0;
            return;
        }
        upTo = Math.min(upTo, segment.upTo());
        long first = project.firstLsn();
        if (upTo < first) {
            trimmedBelow = first;
            upTo = 0;
            return;
        }
        long above = Math.max(query.above(), segment.above());
        long from = Math.max(Math.max(upTo - width + 1, above + 1), first);
        try {
            show(read(from));
        } catch (StoreException | CommandException e) {
            if (project.firstLsn() <= from) {
                throw e;
            }
            return; // it was trimmed meanwhile: what is left is looked at again
        }
        width = Math.min(2 * width, WINDOW_MAX);
    }

    /** The commits of a window that the position sees, in order; moves behind it. */
    private List<Found> read(long from) {
        ArrayDeque<Found> found = new ArrayDeque<>();
        long bytes = 0;
        long begin = from;
        try (RecordCursor cursor = project.records(from)) {
            LogRecord entry = cursor.next();
            begin = entry == null ? from : Math.min(from, entry.firstLsn());
            for (; entry != null && entry.firstLsn() <= upTo; entry = cursor.next()) {
                patience.run();
                if (!isWanted(entry)) {
                    continue;
                }
                WalRecord record = RecordCodec.decode(entry);
                for (Commit commit : record.commits()) {
                    if (commit.lastLsn() <= upTo && segments.holds(commit)) {
                        found.add(new Found(record.time(), record.millis(), query.edits() ? commit : light(commit)));
                        bytes += commit.approximateBytes();
                    }
                }
                while (query.edits()
                        && found.size() > 1
                        && (found.size() > EDITED_COMMITS_MAX || bytes > EDITED_BYTES_MAX)) {
                    bytes -= found.remove().commit.approximateBytes();
                    begin = found.element().commit.firstLsn();
                }
            }
        }
        upTo = begin - 1;
        return new ArrayList<>(found);
    }

    /** What is told of a commit without its edits: without its documents, as a window may have many. */
    private static Commit light(Commit commit) {
        List<Change> changes = new ArrayList<>(commit.changes().size());
        for (Change change : commit.changes()) {
            if (change instanceof Change.Put put) {
                changes.add(new Change.Put(put.collection(), put.recordId(), NOTHING));
            } else if (change instanceof Change.Patch patch) {
                changes.add(new Change.Patch(patch.collection(), patch.recordId(), NOTHING, null));
            } else {
                changes.add(change);
            }
        }
        return new Commit(commit.firstLsn(), commit.branch(), commit.origin(), changes, List.of());
    }

    /** Whether there is something in a record to look at: for the one who asks, or what collections were called. */
    private boolean isWanted(LogRecord entry) {
        if (query.edits() || (query.actor() == null && query.collection() == null)) {
            return true;
        }
        for (RecordSummary.Group group : RecordSummary.of(entry).groups()) {
            boolean isTaken = query.takes(group.origin()) && !isElsewhere(group);
            if (isTaken || group.changes().keySet().stream().anyMatch(Change.Kind::names)) {
                return true;
            }
        }
        return false;
    }

    /** Whether commits are known to have touched another collection alone than the one that is asked for. */
    private boolean isElsewhere(RecordSummary.Group group) {
        String collection = query.collection();
        String written = group.origin().namespace();
        return collection != null
                && !written.isEmpty()
                && !written.equals(collection)
                && ABOUT_ONE.contains(group.origin().command())
                && !group.changes().containsKey(Change.Kind.PICK.label());
    }

    private void show(List<Found> found) {
        List<States> states = query.edits() ? states(found) : List.of();
        for (int i = found.size() - 1; i >= 0; i--) {
            LoggedCommit shown = shown(found.get(i), states.isEmpty() ? States.UNKNOWN : states.get(i));
            if (shown.lastLsn() > query.above() && query.takes(shown)) {
                ready.add(shown);
            }
        }
    }

    /** The states before and after each commit, from the first on whose state before is kept. */
    private List<States> states(List<Found> found) {
        List<States> states = new ArrayList<>();
        @Nullable Snapshot state = null;
        for (Found each : found) {
            patience.run();
            @Nullable Snapshot before = state == null ? beforeIfKept(each.commit) : state;
            state = before == null ? null : afterIfKept(before, each.commit);
            states.add(new States(before, state));
        }
        return states;
    }

    /** What commits on the way refer to. Where a reset goes to is what the commits before it made. */
    private Past past() {
        return new Past() {
            @Override
            public Snapshot at(long branch, long lsn) {
                return project.storedAt(catalog.existing(branch), lsn);
            }

            @Override
            public @Nullable Snapshot target(long branch, Change.Reset reset) {
                return null;
            }
        };
    }

    /** The state that a commit was made on, or that it goes back to. */
    private Snapshot before(Commit commit) {
        if (commit.changes().get(0) instanceof Change.Reset reset) {
            return Scope.restrict(
                    project.storedAt(catalog.existing(reset.from()), reset.lsn()),
                    catalog.crossing(reset.from(), commit.branch()));
        }
        return project.storedAt(catalog.existing(commit.branch()), commit.firstLsn() - 1);
    }

    private LoggedCommit shown(Found found, States states) {
        @Nullable Snapshot before = states.before;
        @Nullable Snapshot after = states.after;
        Commit commit = found.commit;
        Map<Long, Counts> counts = counts(commit, before);
        Set<Long> collections = new LinkedHashSet<>(counts.keySet());
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            long defined = CollectionNames.definedCollection(change, lsn++);
            if (defined != 0) {
                collections.add(defined);
            }
        }
        Map<Long, String> passed = names.pass(commit, collections);
        List<LoggedCommit.Touched> touched = new ArrayList<>();
        counts.forEach((id, count) -> touched.add(new LoggedCommit.Touched(
                id, passed.getOrDefault(id, "#" + id), count.inserted, count.updated, count.deleted)));
        Change first = commit.changes().get(0);
        return new LoggedCommit(
                commit.firstLsn(),
                commit.lastLsn(),
                found.time,
                found.millis,
                commit.branch(),
                commit.origin(),
                touched,
                names.definitions(commit, passed),
                first instanceof Change.Reset || first instanceof Change.Merge ? first : null,
                commit.changes().stream().allMatch(BranchLog::isNote),
                commit.pick(),
                before == null || after == null ? null : edits(commit, before, after, passed));
    }

    private static boolean isNote(Change change) {
        return change instanceof Change.Mark || change instanceof Change.Pick;
    }

    private Map<Long, Counts> counts(Commit commit, @Nullable Snapshot before) {
        Map<Long, Counts> counts = new LinkedHashMap<>();
        @Nullable Snapshot state = before;
        boolean asks = query.replays().test(commit);
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            if (change instanceof Change.Put put) {
                Counts count = counts.computeIfAbsent(put.collection(), id -> new Counts());
                boolean isNew = put.recordId() == lsn;
                if (!isNew && asks) {
                    state = state == null ? beforeIfKept(commit) : state;
                    isNew = state != null && documentIn(state, put.collection(), put.recordId()) == null;
                }
                if (isNew) {
                    count.inserted++;
                } else {
                    count.updated++;
                }
            } else if (change instanceof Change.Patch patch) {
                counts.computeIfAbsent(patch.collection(), id -> new Counts()).updated++;
            } else if (change instanceof Change.Delete delete) {
                counts.computeIfAbsent(delete.collection(), id -> new Counts()).deleted++;
            }
            lsn++;
        }
        return counts;
    }

    private @Nullable Snapshot beforeIfKept(Commit commit) {
        try {
            return before(commit);
        } catch (CommandException e) {
            return null;
        }
    }

    /** The state that a commit made; null where it restored something from a position that is no longer kept. */
    private @Nullable Snapshot afterIfKept(Snapshot before, Commit commit) {
        try {
            return BranchFold.apply(before, commit, Keeper.NONE, past());
        } catch (CommandException e) {
            return null;
        }
    }

    /**
     * One for each document that is another one after the commit, in the order in which the commit first names them. One that was deleted and
     * inserted again is the same document, by its {@code _id}.
     */
    private Iterable<DocumentEdit> edits(Commit commit, Snapshot before, Snapshot after, Map<Long, String> passed) {
        Set<Place> documents = new LinkedHashSet<>();
        for (Change change : commit.changes()) {
            if (change instanceof Change.Put put) {
                documents.add(new Place(put.collection(), put.recordId()));
            } else if (change instanceof Change.Patch patch) {
                documents.add(new Place(patch.collection(), patch.recordId()));
            } else if (change instanceof Change.Delete delete) {
                documents.add(new Place(delete.collection(), delete.recordId()));
            }
        }
        List<Scope> scopes = query.through() == 0 ? List.of() : catalog.crossing(commit.branch(), query.through());
        return () -> documents.stream()
                .filter(place -> {
                    long old = other(after, before, place);
                    return old == 0
                            || !documents.contains(new Place(place.collection, old)); // told where it was deleted
                })
                .map(place -> {
                    long again = other(before, after, place);
                    return new DocumentEdit(
                            passed.getOrDefault(place.collection, "#" + place.collection),
                            shownIn(before, place.collection, place.recordId, scopes),
                            shownIn(after, place.collection, again == 0 ? place.recordId : again, scopes));
                })
                .filter(edit -> !Arrays.equals(edit.before(), edit.after()))
                .iterator();
    }

    /** Where the document that is at a place in one state only is in the other one, by its {@code _id}; 0 for nowhere. */
    private static long other(Snapshot in, Snapshot from, Place place) {
        CollectionSnapshot here = in.collections().get(RecordId.key(place.collection));
        CollectionSnapshot there = from.collections().get(RecordId.key(place.collection));
        byte[] document = here == null ? null : here.document(place.recordId);
        if (document == null || there == null || there.document(place.recordId) != null) {
            return 0;
        }
        byte[] key = there.idIndex().keys().key(List.of(Doc.of(document).first().value()));
        return there.idIndex().holder(key, 0);
    }

    /** A document as the branch that asks may see it: null where that leaves it out. */
    private byte @Nullable [] shownIn(Snapshot state, long collection, long recordId, List<Scope> scopes) {
        Mask mask = query.mask();
        CollectionSnapshot found = state.collections().get(RecordId.key(collection));
        if (found == null || scopes.stream().anyMatch(scope -> scope.schemaOnly() || !scope.includes(found))) {
            return null;
        }
        byte[] document = found.document(recordId);
        return document == null || mask == null ? document : mask.apply(found.id(), found.name(), document);
    }

    private static byte @Nullable [] documentIn(Snapshot state, long collection, long recordId) {
        CollectionSnapshot found = state.collections().get(RecordId.key(collection));
        return found == null ? null : found.document(recordId);
    }

    private record Place(long collection, long recordId) {}

    private record States(
            @Nullable Snapshot before, @Nullable Snapshot after) {
        static final States UNKNOWN = new States(null, null);
    }

    private record Found(long time, long millis, Commit commit) {}

    private static final class Counts {
        private long inserted;
        private long updated;
        private long deleted;
    }
}

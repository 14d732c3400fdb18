package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The cursors that are open on this server. A cursor keeps the snapshot it was opened on, so {@code getMore} goes on in the same
 * state. Thread safe; one cursor is used by one {@code getMore} at a time.
 */
final class Cursors {
    /** MongoDB's time-out of an idle cursor: 10 minutes. */
    static final long IDLE_MILLIS_MAX = 10 * 60 * 1000L;

    /**
     * One opened with {@code noCursorTimeout} lives as long as a session does that nobody refreshes: 30 minutes. Here that also
     * holds outside of sessions, so that a client that is gone leaves nothing behind for ever.
     */
    static final long SESSION_MILLIS_MAX = Hello.SESSION_MINUTES * 60 * 1000L;

    private final Map<Long, Open> open = new ConcurrentHashMap<>();
    private final LongSupplier millis;
    private final LongSupplier chance;

    Cursors(LongSupplier millis, LongSupplier chance) {
        this.millis = millis;
        this.chance = chance;
    }

    /**
     * Where a cursor comes from.
     *
     * @param database as the client named it
     * @param immortal whether it may idle for as long as its session
     * @param command the whole command that opened it
     * @param positions past ones of the project that it reads; none for what was the head of a branch then
     */
    record Origin(
            String database,
            String collection,
            @Nullable UUID session,
            boolean immortal,
            Doc command,
            List<Long> positions) {}

    /** An open cursor. {@code database} and {@code collection} are the names that a {@code getMore} has to give. */
    static final class Open {
        final long id;
        final String database;
        final String collection;
        final DocumentStream documents;
        final @Nullable UUID session;
        final boolean immortal;
        final Deadline deadline;
        final Doc command;
        final List<Long> positions;
        final long createdMillis;
        private volatile @Nullable Tail tail;
        private volatile boolean awaitsData;
        private long usedMillis;
        private long batches = 1;
        private boolean busy;
        private boolean ended;

        Open(long id, Origin origin, DocumentStream documents, Deadline deadline, long nowMillis) {
            this.id = id;
            this.database = origin.database;
            this.collection = origin.collection;
            this.documents = documents;
            this.session = origin.session;
            this.immortal = origin.immortal;
            this.deadline = deadline;
            this.command = origin.command;
            this.positions = origin.positions;
            this.createdMillis = nowMillis;
            this.usedMillis = nowMillis;
        }

        /** What it reads where it is tailable, else null. */
        @Nullable
        Tail tail() {
            return tail;
        }

        /** Whether a {@code getMore} waits for documents that are not there yet. */
        boolean awaitsData() {
            return awaitsData;
        }
    }

    /** Says of a new cursor that it goes on when more documents come. */
    void makeTailable(long id, Tail tail, boolean awaitsData) {
        Open cursor = open.get(id);
        if (cursor != null) {
            cursor.tail = tail;
            cursor.awaitsData = awaitsData;
        }
    }

    /** Keeps a cursor that has more to give and answers its id, which is never 0. */
    long register(Origin origin, DocumentStream documents, Deadline deadline) {
        while (true) {
            long id = chance.getAsLong() & Long.MAX_VALUE;
            Open cursor = new Open(id, origin, documents, deadline, millis.getAsLong());
            if (id != 0 && open.putIfAbsent(id, cursor) == null) {
                return id;
            }
        }
    }

    /** Takes a cursor for one {@code getMore}; {@link #giveBack} returns it. */
    Open take(long id, String database, String collection, @Nullable UUID session) {
        Open cursor = open.get(id);
        if (cursor == null) {
            throw new CommandException(ErrorCode.CURSOR_NOT_FOUND, "cursor id " + id + " not found");
        }
        if (!cursor.database.equals(database) || !cursor.collection.equals(collection)) {
            throw new CommandException(
                    ErrorCode.UNAUTHORIZED,
                    "Requested getMore on namespace '" + database + "." + collection
                            + "', but cursor belongs to a different namespace " + cursor.database + "."
                            + cursor.collection);
        }
        checkSession(cursor, session);
        synchronized (cursor) {
            if (cursor.ended) {
                throw new CommandException(ErrorCode.CURSOR_NOT_FOUND, "cursor id " + id + " not found");
            }
            if (cursor.busy) {
                throw new CommandException(ErrorCode.CURSOR_IN_USE, "cursor id " + id + " is already in use");
            }
            cursor.busy = true;
        }
        return cursor;
    }

    private static void checkSession(Open cursor, @Nullable UUID session) {
        if (Objects.equals(cursor.session, session)) {
            return;
        }
        int code = cursor.session == null ? 50736 : session == null ? 50737 : 50738;
        throw new CommandException(
                ErrorCode.location(code),
                "Cannot run getMore on cursor " + cursor.id + ", which was "
                        + (cursor.session == null ? "not created in a session" : "created in session " + cursor.session)
                        + (session == null ? ", without an lsid" : ", in session " + session));
    }

    void giveBack(Open cursor, boolean exhausted) {
        if (exhausted) {
            open.remove(cursor.id);
        }
        synchronized (cursor) {
            cursor.busy = false;
            cursor.batches++;
            cursor.usedMillis = millis.getAsLong();
            if (exhausted || cursor.ended) {
                cursor.documents.close();
            }
        }
    }

    /** Closes a cursor that has been removed, now or when its {@code getMore} gives it back. */
    private static void end(Open cursor) {
        synchronized (cursor) {
            cursor.ended = true;
            if (!cursor.busy) {
                cursor.documents.close();
            }
        }
    }

    private void endIf(Predicate<Open> unwanted) {
        for (Open cursor : List.copyOf(open.values())) {
            if (unwanted.test(cursor) && open.remove(cursor.id, cursor)) {
                end(cursor);
            }
        }
    }

    /** Removes all of them. */
    void close() {
        endIf(cursor -> true);
    }

    /** Whether there was a cursor of this id on the database to remove. */
    boolean kill(long id, String database) {
        Open cursor = open.get(id);
        boolean killed = cursor != null && cursor.database.equals(database) && open.remove(id, cursor);
        if (cursor != null && killed) {
            end(cursor);
        }
        return killed;
    }

    void killOf(UUID session) {
        endIf(cursor -> session.equals(cursor.session));
    }

    /** Removes the cursors of all sessions. */
    void killOfSessions() {
        endIf(cursor -> cursor.session != null);
    }

    /** Says that somebody still needs the cursors of a session. */
    void refresh(UUID session) {
        for (Open cursor : open.values()) {
            if (cursor.immortal && session.equals(cursor.session)) {
                synchronized (cursor) {
                    cursor.usedMillis = millis.getAsLong();
                }
            }
        }
    }

    /** Removes cursors that nobody used for too long. */
    void expire() {
        long now = millis.getAsLong();
        List<Open> idle = new ArrayList<>();
        for (Open cursor : open.values()) {
            synchronized (cursor) {
                if (!cursor.busy
                        && cursor.usedMillis < now - (cursor.immortal ? SESSION_MILLIS_MAX : IDLE_MILLIS_MAX)) {
                    idle.add(cursor);
                }
            }
        }
        for (Open cursor : idle) {
            if (open.remove(cursor.id, cursor)) {
                end(cursor);
            }
        }
    }

    /** Those that are open now. */
    List<Open> list() {
        return List.copyOf(open.values());
    }

    /** A document for each that no {@code getMore} works on, oldest first: what {@code $currentOp} shows of {@code idleCursors}. */
    List<Doc> describeIdle() {
        List<Open> all = new ArrayList<>(open.values());
        all.sort(
                Comparator.comparingLong((Open cursor) -> cursor.createdMillis).thenComparingLong(cursor -> cursor.id));
        List<Doc> idle = new ArrayList<>();
        for (Open cursor : all) {
            synchronized (cursor) {
                if (!cursor.busy && !cursor.ended) {
                    idle.add(describe(cursor));
                }
            }
        }
        return idle;
    }

    private static Doc describe(Open cursor) {
        DocBuilder doc = new DocBuilder()
                .append("type", "idleCursor")
                .append("host", HostInfo.hostname())
                .append("ns", cursor.database + "." + cursor.collection)
                .startDocument("cursor")
                .append("cursorId", cursor.id)
                .appendDate("createdDate", cursor.createdMillis)
                .appendDate("lastAccessDate", cursor.usedMillis)
                .append("nDocsReturned", cursor.documents.taken())
                .append("nBatchesReturned", cursor.batches)
                .append("noCursorTimeout", cursor.immortal)
                .append("tailable", cursor.tail != null)
                .append("awaitData", cursor.awaitsData)
                .append("originatingCommand", cursor.command)
                .end();
        return (cursor.session == null
                        ? doc
                        : doc.startDocument("lsid")
                                .append("id", SessionIds.toValue(cursor.session))
                                .end())
                .buildDoc();
    }

    int size() {
        return open.size();
    }
}

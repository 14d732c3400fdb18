package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
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

    /** An open cursor. {@code database} and {@code collection} are the names that a {@code getMore} has to give. */
    static final class Open {
        final long id;
        final String database;
        final String collection;
        final DocumentStream documents;
        final @Nullable UUID session;
        final boolean immortal;
        final Deadline deadline;
        private volatile @Nullable TailStream tail;
        private volatile boolean awaitsData;
        private long usedMillis;
        private boolean busy;
        private boolean ended;

        Open(
                long id,
                String database,
                String collection,
                DocumentStream documents,
                @Nullable UUID session,
                boolean immortal,
                Deadline deadline) {
            this.id = id;
            this.database = database;
            this.collection = collection;
            this.documents = documents;
            this.session = session;
            this.immortal = immortal;
            this.deadline = deadline;
        }

        /** What it reads where it is tailable, else null. */
        @Nullable
        TailStream tail() {
            return tail;
        }

        /** Whether a {@code getMore} waits for documents that are not there yet. */
        boolean awaitsData() {
            return awaitsData;
        }
    }

    /** Says of a new cursor that it goes on when more documents come. */
    void makeTailable(long id, TailStream tail, boolean awaitsData) {
        Open cursor = open.get(id);
        if (cursor != null) {
            cursor.tail = tail;
            cursor.awaitsData = awaitsData;
        }
    }

    /** Keeps a cursor that has more to give and answers its id, which is never 0. */
    long register(
            String database,
            String collection,
            DocumentStream documents,
            @Nullable UUID session,
            boolean immortal,
            Deadline deadline) {
        while (true) {
            long id = chance.getAsLong() & Long.MAX_VALUE;
            Open cursor = new Open(id, database, collection, documents, session, immortal, deadline);
            cursor.usedMillis = millis.getAsLong();
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

    /** Whether there was a cursor of this id on the namespace to remove. */
    boolean kill(long id, String database, String collection) {
        Open cursor = open.get(id);
        boolean killed = cursor != null
                && cursor.database.equals(database)
                && cursor.collection.equals(collection)
                && open.remove(id, cursor);
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

    int size() {
        return open.size();
    }
}

package dev.offshoot.wal;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Results of retryable writes by session, transaction number and statement. Of each session only the newest transaction number
 * is kept (decision 13); sessions leave in the order of their last write once that is older than {@link #EXPIRY_MILLIS}, so the
 * table does not grow without bound. Not thread safe.
 */
public final class RetryTable<T> {
    /** MongoDB's time-out of a logical session: 30 minutes. */
    public static final long EXPIRY_MILLIS = 30 * 60 * 1000L;

    private final LinkedHashMap<UUID, Session<T>> sessions = new LinkedHashMap<>(16, 0.75f, true);

    /** Keeps a result, and forgets those of older transactions of its session. */
    public void put(RetryKey key, T result, long millis) {
        Session<T> session = sessions.computeIfAbsent(key.session(), id -> new Session<>());
        if (session.txnNumber != key.txnNumber()) {
            session.txnNumber = key.txnNumber();
            session.results.clear();
        }
        session.millis = millis;
        session.results.put(key.statement(), result);
        expire(millis - EXPIRY_MILLIS);
    }

    /** The result of a statement, or null when it has none. */
    public @Nullable T get(RetryKey key) {
        Session<T> session = sessions.get(key.session());
        return session == null || session.txnNumber != key.txnNumber() ? null : session.results.get(key.statement());
    }

    /** The newest transaction number of a session, or -1. */
    public long newest(UUID session) {
        Session<T> found = sessions.get(session);
        return found == null ? -1 : found.txnNumber;
    }

    /** Takes a result out again, if it is still the one given. */
    public void remove(RetryKey key, T result) {
        Session<T> session = sessions.get(key.session());
        if (session != null && session.txnNumber == key.txnNumber()) {
            session.results.remove(key.statement(), result);
            if (session.results.isEmpty()) {
                sessions.remove(key.session());
            }
        }
    }

    public void clear() {
        sessions.clear();
    }

    public int sessions() {
        return sessions.size();
    }

    private void expire(long before) {
        for (Iterator<Session<T>> i = sessions.values().iterator(); i.hasNext(); ) {
            if (i.next().millis >= before) {
                return;
            }
            i.remove();
        }
    }

    private static final class Session<T> {
        private long txnNumber = -1;
        private long millis;
        private final Map<Integer, T> results = new HashMap<>();
    }
}

package dev.offshoot.wal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Results of retryable writes by session, transaction number and statement. Of each session only the newest transaction number
 * is kept (decision 13); sessions leave in the order of their last write once that is older than {@link #EXPIRY_MILLIS}, so the
 * table does not grow without bound. Looking something up changes nothing: what it holds follows from what was put, and in
 * which order. Not thread safe.
 */
public final class RetryTable<T> {
    /** MongoDB's time-out of a logical session: 30 minutes. */
    public static final long EXPIRY_MILLIS = 30 * 60 * 1000L;

    private final LinkedHashMap<UUID, Session<T>> sessions = new LinkedHashMap<>();

    /**
     * Keeps a result, and forgets those of older transactions of its session; one that is itself of an older transaction is
     * not kept.
     *
     * @param millis a time that never goes back, such as that of the result's record
     */
    public void put(RetryKey key, T result, long millis) {
        Session<T> session = sessions.remove(key.session());
        if (session == null || session.txnNumber < key.txnNumber()) {
            session = new Session<>(key.txnNumber());
        }
        session.millis = millis;
        sessions.put(key.session(), session);
        if (session.txnNumber == key.txnNumber()) {
            session.results.put(key.statement(), result);
        }
        expire(millis - EXPIRY_MILLIS);
    }

    /** All results, sessions in the order of their last write, so that putting them into an empty table again makes this one. */
    public List<Entry<T>> entries() {
        List<Entry<T>> entries = new ArrayList<>();
        sessions.forEach((id, session) -> session.results.forEach((statement, result) ->
                entries.add(new Entry<>(new RetryKey(id, session.txnNumber, statement), result, session.millis))));
        return entries;
    }

    /** What {@link #put} takes. */
    public record Entry<T>(RetryKey key, T result, long millis) {}

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
        private final long txnNumber;
        private final Map<Integer, T> results = new HashMap<>();
        private long millis;

        Session(long txnNumber) {
            this.txnNumber = txnNumber;
        }
    }
}

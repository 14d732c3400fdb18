package dev.offshoot.store.file;

import dev.offshoot.store.StoreException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The logs of a store that have their last segment open. Beyond a limit, those that were not appended to for longest give their files
 * back: a process may have only so many, and a store has a log for each database that was ever written to. Thread safe.
 */
final class OpenLogs {
    private final int max;
    private final Set<FileLog> open = new HashSet<>();
    private final AtomicLong turns = new AtomicLong();

    /** @param max how many, at least 1 */
    OpenLogs(int max) {
        this.max = max;
    }

    private record Use(FileLog log, long turn) {}

    /** A number higher than those before: in which order logs were used. */
    long turn() {
        return turns.incrementAndGet();
    }

    /** Called when a log has opened a file, by a thread that holds the monitor of no log. */
    void opened(FileLog log) {
        for (FileLog idle : add(log)) {
            try {
                if (!idle.rest()) {
                    keep(idle);
                }
            } catch (StoreException e) {
                keep(idle); // it says so itself when it is used next
            }
        }
    }

    synchronized void closed(FileLog log) {
        open.remove(log);
    }

    private synchronized void keep(FileLog log) {
        open.add(log);
    }

    /** The half that was used least lately, where they are too many: so the next one is not one too many again. */
    private synchronized List<FileLog> add(FileLog log) {
        open.add(log);
        if (open.size() <= max) {
            return List.of();
        }
        List<FileLog> idle = open.stream()
                .filter(other -> other != log)
                .map(other -> new Use(other, other.appended()))
                .sorted(Comparator.comparingLong(Use::turn))
                .limit((open.size() + 1) / 2)
                .map(Use::log)
                .toList();
        idle.forEach(open::remove);
        return idle;
    }
}

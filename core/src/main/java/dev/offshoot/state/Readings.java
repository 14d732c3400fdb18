package dev.offshoot.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From where on the past of a project is being read: checkpoints and the log. A reader says so before it looks whether that is still there, and
 * a cleanup looks for readers after it took a checkpoint away and before pages and the log go, so one of the two sees the other. Thread safe.
 */
final class Readings {
    private final Needs needs;
    private final Map<Object, Long> positions = new ConcurrentHashMap<>();

    Readings(Needs needs) {
        this.needs = needs;
    }

    /** Where reads go on, in no order. */
    Collection<Long> positions() {
        return positions.values();
    }

    Reading begin() {
        return new Reading();
    }

    /** What one reader reads from, which stays until this is closed. For one thread. */
    final class Reading implements AutoCloseable {
        private final List<Object> uses = new ArrayList<>();

        /** Reads at a position, for which a cleanup in this process leaves the checkpoint below. */
        void at(long lsn) {
            Object use = new Object();
            positions.put(use, lsn);
            uses.add(use);
        }

        /** The same for a position that others have to leave too. */
        void from(long lsn) {
            at(lsn);
            needs.read(lsn);
        }

        @Override
        public void close() {
            uses.forEach(positions::remove);
        }
    }
}

package dev.offshoot.store.file;

import dev.offshoot.store.StoreException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who keeps files of a store open: logs their last segment, pages the packs they were read from. Beyond a limit, those that were not
 * used for longest give their files back: a process may have only so many, and a store has a log and pages for each database that was
 * ever written to. Thread safe.
 */
final class OpenFiles {
    private final int max;
    private final Set<Owner> open = new HashSet<>();
    private final AtomicLong turns = new AtomicLong();

    /** @param max how many owners, at least 1 */
    OpenFiles(int max) {
        this.max = max;
    }

    /** Who keeps files open between two uses. */
    interface Owner {
        /** When it was used last, as {@link OpenFiles#turn} counts. */
        long used();

        /**
         * Gives the files back until the next use, for which the owner calls {@link OpenFiles#opened} again.
         *
         * @return false where they have to stay open for now
         */
        boolean rest();
    }

    private record Use(Owner owner, long turn) {}

    /** A number higher than those before: in which order owners were used. */
    long turn() {
        return turns.incrementAndGet();
    }

    /** Called when an owner has opened files, by a thread that holds the monitor of no owner. */
    void opened(Owner owner) {
        for (Owner idle : add(owner)) {
            try {
                if (!idle.rest()) {
                    keep(idle);
                }
            } catch (StoreException e) {
                keep(idle); // it says so itself when it is used next
            }
        }
    }

    synchronized void closed(Owner owner) {
        open.remove(owner);
    }

    private synchronized void keep(Owner owner) {
        open.add(owner);
    }

    /** The half that was used least lately, where they are too many: so the next one is not one too many again. */
    private synchronized List<Owner> add(Owner owner) {
        open.add(owner);
        if (open.size() <= max) {
            return List.of();
        }
        List<Owner> idle = open.stream()
                .filter(other -> other != owner)
                .map(other -> new Use(other, other.used()))
                .sorted(Comparator.comparingLong(Use::turn))
                .limit((open.size() + 1) / 2)
                .map(Use::owner)
                .toList();
        idle.forEach(open::remove);
        return idle;
    }
}

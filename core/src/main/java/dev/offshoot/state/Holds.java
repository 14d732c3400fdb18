package dev.offshoot.state;

import java.util.Set;

/**
 * Tells which positions of a project have to stay readable, whatever their age, because something waits that needs them: told from what is
 * kept of it on the internal branch, so that it holds over restarts and on every process of a shared store. Thread safe.
 */
@FunctionalInterface
public interface Holds {
    /** Nothing waits. */
    Holds NONE = (catalog, internal) -> Held.NOTHING;

    /** @param internal a state of the project's internal branch */
    Held of(Catalog catalog, Snapshot internal);

    /** A position of a branch by its id, which may be dropped. */
    record At(long branch, long lsn) {}

    /**
     * What has to stay.
     *
     * @param states positions whose states are needed, and what merges of them with the heads of branches are based on
     * @param histories positions above which the log is needed, and all states that it makes of them
     */
    record Held(Set<At> states, Set<At> histories) {
        /** Nothing. */
        public static final Held NOTHING = new Held(Set.of(), Set.of());

        public Held {
            states = Set.copyOf(states);
            histories = Set.copyOf(histories);
        }
    }
}

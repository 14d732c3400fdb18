package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.Iterator;

/**
 * Where the stages of one operation put documents that they cannot hold in memory. It ends with the operation, and all runs in it do.
 * Used by one thread at a time.
 */
public interface SpillSpace {
    /** None: who cannot hold its documents answers MongoDB's error. */
    SpillSpace NONE = new SpillSpace() {
        @Override
        public boolean isAllowed() {
            return false;
        }

        @Override
        public Run newRun() {
            throw new AssertionError("there is nowhere to spill to");
        }
    };

    /** Whether there is any: the client allows it, and there is somewhere to write. */
    boolean isAllowed();

    /** A new empty run. */
    Run newRun();

    /** Documents in the order in which they were written. Written first, then read, any number of times. */
    interface Run {
        void append(Doc document);

        /** All documents from the first one on, read as they are asked for. */
        Iterator<Doc> documents();

        /** Gives its space back; it has no documents any more. */
        void discard();
    }
}

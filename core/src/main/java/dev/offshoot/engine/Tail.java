package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import java.util.Iterator;

/** Documents that may go on after their end: what a tailable cursor reads. Not thread safe. */
interface Tail extends Iterator<Doc> {
    /** Whether nothing can come any more. */
    boolean isOver();

    /** Waits until there is something, so long at most. */
    void await(long millis);
}

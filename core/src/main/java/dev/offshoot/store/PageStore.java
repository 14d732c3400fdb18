package dev.offshoot.store;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The pages of one project's checkpoints: immutable bytes under the hash of their content, so that what is the same on several
 * branches or in several checkpoints is stored once. The store does not look into them. Thread safe.
 *
 * <p>A page is of use only once a manifest in {@link CheckpointStore} reaches it; pages that none reaches, as a crash leaves them, are
 * removed by {@link #sweep}.
 */
public interface PageStore {
    /**
     * Keeps a page unless it is there; in both cases its mark is set to now, so that no sweep that looks for older marks takes it.
     * It can be read at once by this process, and is durable when {@link #flush} has returned.
     *
     * @param id the hash of the page's uncompressed bytes; the caller vouches for it
     * @param bytes what {@link #get} shall answer; at most 32 MiB
     * @return whether it was not there
     * @throws StoreException when it could not be stored
     */
    boolean put(PageId id, byte[] bytes);

    /**
     * Makes all pages durable that were put before.
     *
     * @throws StoreException when that failed; then none of the pages since the last success may be relied on
     */
    void flush();

    /**
     * The bytes that were put.
     *
     * @throws CorruptionException when the page is not there or not readable as it was written; says where
     * @throws StoreException when the store cannot be read
     */
    byte[] get(PageId id);

    /** Whether the page is there. */
    boolean has(PageId id);

    /** All pages, in no order, with the number of bytes each takes in the store. */
    void forEach(Consumer<Entry> page);

    /** How many pages there are and what they take, without reading them. */
    Amount amount();

    /**
     * Removes the pages that are not reachable and whose mark is older than a time; each only if its mark is still old at that moment.
     * May be stopped or crash at any point; the next one goes on.
     *
     * @param reachable whether a page is needed; asked for every page
     * @param markedBefore milliseconds since 1970
     * @param dryRun to count and change nothing
     * @return what was removed, or would be
     */
    Amount sweep(Predicate<PageId> reachable, long markedBefore, boolean dryRun);

    /** What opening found to be damaged, one line each; empty when nothing was. */
    default List<String> problems() {
        return List.of();
    }

    /** A page and the number of bytes it takes in the store. */
    record Entry(PageId id, long bytes) {}

    /** A number of pages and of bytes in the store. */
    record Amount(long pages, long bytes) {
        /** Nothing. */
        public static final Amount NONE = new Amount(0, 0);

        public Amount plus(Amount other) {
            return new Amount(pages + other.pages, bytes + other.bytes);
        }
    }
}

package dev.offshoot.store;

/**
 * A place that keeps logs: a folder of segment files, or a MongoDB. Thread safe. Closing it ends every {@link LogStore}
 * it gave out.
 */
public interface Store extends AutoCloseable {
    /**
     * The log with this id; it comes into being at its first append.
     *
     * @param id 1 to 32 of {@code [0-9a-z]}, safe as a folder name
     */
    LogStore log(String id);

    /**
     * The pages of the project whose log has this id.
     *
     * @param id as for {@link #log}
     */
    PageStore pages(String id);

    /**
     * The manifests of the project whose log has this id.
     *
     * @param id as for {@link #log}
     */
    CheckpointStore checkpoints(String id);

    /**
     * Reads a log from its first to its last record, past whatever is damaged, and changes nothing. Works also where {@link #log} refuses
     * to open the log because of damage. A store that cannot do better stops at the first damage, and says so.
     *
     * @param id as for {@link #log}
     * @throws StoreException when the store cannot be read
     */
    default void scan(String id, LogVisitor visitor) {
        LogStore log = log(id);
        try (RecordCursor cursor = log.read(log.firstLsn())) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                visitor.record(entry);
            }
        } catch (CorruptionException e) {
            visitor.damaged(e.getMessage() + "; what is behind it was not looked at");
        }
    }

    /**
     * Removes what there is of a project that has ended: its manifests, pages and records. Nobody may use them any more, in this process or
     * another, and nobody may ask for the log of this id again but to remove it. A store that other processes may append to leaves the last
     * record, which tells those that come late that the project has ended. May be stopped or crash at any point; the next call goes on.
     *
     * @param id as for {@link #log}
     * @param dryRun to count and change nothing
     * @return the bytes that were freed, or would be; 0 when nothing is left
     * @throws StoreException when some of it could not be removed
     */
    default long remove(String id, boolean dryRun) {
        CheckpointStore manifests = checkpoints(id);
        long bytes = 0;
        for (long lsn : manifests.list()) {
            byte[] manifest = manifests.get(lsn);
            bytes += manifest == null ? 0 : manifest.length;
            if (!dryRun) {
                manifests.delete(lsn); // first: a manifest whose pages are gone would be damage
            }
        }
        bytes += pages(id).sweep(page -> false, Long.MAX_VALUE, dryRun).bytes();
        return bytes + log(id).trim(Long.MAX_VALUE, dryRun);
    }

    /** Whether other processes may append to the same logs, so that a log has to be followed while it is open. */
    boolean shared();

    /** What a person needs to know to find this store, without secrets: a folder, or a URI without credentials. */
    String describe();

    /**
     * Writes a readable view (decision 1): a document about a project or a branch that people may query and that is never
     * read as truth. A view only moves forward: one with a lower LSN than the stored one changes nothing. A store
     * without a query language of its own ignores it.
     */
    void publish(View view);

    /** Releases files, locks and connections. Idempotent. */
    @Override
    void close();
}

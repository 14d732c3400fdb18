package dev.offshoot.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of one project's checkpoints, each at the LSN whose state it holds. The store does not look into them; who writes one
 * has flushed its pages and synced the log through its LSN before. Thread safe.
 */
public interface CheckpointStore {
    /**
     * Keeps a manifest, durably and as a whole or not at all; where there is one at this LSN already that one stays.
     *
     * @param lsn from 1
     * @param manifest at most 1 MiB
     * @throws StoreException when it could not be stored, or may not have been
     */
    void put(long lsn, byte[] manifest);

    /** The LSNs of all manifests, ascending. */
    List<Long> list();

    /** The manifest at an LSN as it was put, or null when there is none; whether it is damaged its reader finds out. */
    byte @Nullable [] get(long lsn);

    /** Removes a manifest. Nothing when it is not there. */
    void delete(long lsn);

    /**
     * Says to other processes that this one needs the manifest at an LSN and all above it, until a time. A later call replaces an earlier
     * one of the same process. A store for one process does nothing.
     *
     * @param process what tells this process from others
     * @param lsn 0 to withdraw the need
     * @param untilMillis milliseconds since 1970
     */
    void need(String process, long lsn, long untilMillis);

    /**
     * The LSNs that processes need, this one too, by what tells them apart.
     *
     * @param nowMillis needs that ended before this time do not count
     */
    Map<String, Long> needs(long nowMillis);
}

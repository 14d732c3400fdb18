package dev.offshoot.archive;

import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What of a project goes into an archive, wherever it is. Others may write to the project and clean up meanwhile. */
public interface ProjectSource {
    /** The project's name. */
    String project();

    /** The id of its log in its store. */
    String log();

    /** The lowest LSN that can be read. */
    long firstLsn();

    /** The LSN of the last acknowledged change; 0 when there is none. */
    long lastLsn();

    /**
     * As {@link dev.offshoot.store.LogStore#read}.
     *
     * @param fromLsn from {@link #firstLsn}
     */
    RecordCursor records(long fromLsn);

    /** The LSNs of the checkpoints, ascending. */
    List<Long> checkpoints();

    /** The manifest of the checkpoint at an LSN, or null when it is gone. */
    byte @Nullable [] manifest(long lsn);

    /**
     * Tells every page that a checkpoint needs, once.
     *
     * @throws dev.offshoot.store.CorruptionException when a page is damaged, or gone with its checkpoint
     */
    void pages(long lsn, Consumer<PageId> page);

    /**
     * The first of these pages, as many as are handy to have at once and at least one, as {@link dev.offshoot.store.PageStore#get}
     * answers them.
     *
     * @param ids at least one
     * @throws dev.offshoot.store.CorruptionException when a page is damaged or gone
     */
    List<byte[]> read(List<PageId> ids);
}

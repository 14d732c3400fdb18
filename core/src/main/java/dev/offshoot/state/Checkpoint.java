package dev.offshoot.state;

import dev.offshoot.page.Pages;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of a project at one position, in pages: nothing of it is loaded before it is looked at. Immutable.
 *
 * @param states by the 8 bytes of a branch's id; branches that were dropped are not among them
 */
record Checkpoint(Manifest manifest, Catalog catalog, Tree<BranchState> states) {
    /**
     * Reads a checkpoint from its manifest.
     *
     * @throws CorruptionException when the manifest is damaged
     */
    static Checkpoint of(byte[] manifestBytes, String log, long lsn, Pages pages) {
        Manifest manifest = Manifest.of(manifestBytes, log, lsn);
        Catalog catalog = new Catalog(
                pages.open(manifest.branches(), BranchFormat.FORMAT),
                pages.open(manifest.names(), BranchFormat.FORMAT),
                pages.open(manifest.tags(), TagFormat.FORMAT),
                pages.open(manifest.lineage(), LineageFormat.FORMAT),
                manifest.properties(),
                manifest.ended());
        return new Checkpoint(manifest, catalog, pages.open(manifest.states(), BranchStateFormat.FORMAT));
    }

    /** The state of the branch with this id, or null when it was not there or dropped. */
    @Nullable
    BranchState state(long branch) {
        return states.get(RecordId.key(branch));
    }

    void forEachState(BiConsumer<Long, BranchState> state) {
        Cursor<BranchState> cursor = states.ascending(null, null);
        while (cursor.next()) {
            state.accept(RecordId.of(cursor.key()), cursor.value());
        }
    }
}

package dev.offshoot.state;

import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.RetryTable;
import java.util.List;
import java.util.Map;

/**
 * All of a project at one acknowledged position, for a checkpoint: references, no copies.
 *
 * @param states of the branches that are not dropped, by id
 * @param retries in the order in which the table got them
 * @param unsaved what of it was in no checkpoint
 * @param folds those whose pages the checkpoint is the first to reach
 */
record Capture(
        LogEnd end,
        Catalog catalog,
        Map<Long, BranchState> states,
        List<RetryTable.Entry<byte[]>> retries,
        Unsaved.Amount unsaved,
        List<FoldPages.Window> folds) {}

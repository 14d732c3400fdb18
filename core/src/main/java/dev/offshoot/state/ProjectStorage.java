package dev.offshoot.state;

import dev.offshoot.page.Pages;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageId;
import java.util.Set;

/**
 * Where one project lies.
 *
 * @param id of its log, its pages and its checkpoints
 * @param shared whether other processes may be at work in the same store
 * @param damaged pages that were found to be damaged when it was open before
 * @param holds tells what has to stay of it for what waits
 */
record ProjectStorage(
        String id,
        LogStore log,
        Pages pages,
        CheckpointStore manifests,
        boolean shared,
        Set<PageId> damaged,
        Holds holds) {}

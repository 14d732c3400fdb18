package dev.offshoot.state;

import dev.offshoot.page.Pages;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogStore;

/**
 * Where one project lies.
 *
 * @param id of its log, its pages and its checkpoints
 */
record ProjectStorage(String id, LogStore log, Pages pages, CheckpointStore manifests) {}

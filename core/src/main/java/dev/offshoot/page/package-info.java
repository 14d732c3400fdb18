/**
 * Nodes of trees as pages: their bytes, their hashes, zstd, and the cache that loaded nodes are kept in (decision 8). It knows trees
 * and the store of pages; it must not know documents, branches, logs or checkpoints.
 */
@NullMarked
package dev.offshoot.page;

import org.jspecify.annotations.NullMarked;

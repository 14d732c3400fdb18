/**
 * A store that is a folder of segment files, owned by one process at a time. It knows frames, segments, syncing and recovery;
 * it does not know what is inside a record.
 */
@NullMarked
package dev.offshoot.store.file;

import org.jspecify.annotations.NullMarked;

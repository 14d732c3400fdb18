/**
 * Copies of projects outside of their store: what an archive holds, shipping to it, restoring from it. An archive lies in a
 * {@link dev.offshoot.archive.BlobStore}: a folder, one file, or a bucket. It must not know what a record or a page means.
 */
@NullMarked
package dev.offshoot.archive;

import org.jspecify.annotations.NullMarked;

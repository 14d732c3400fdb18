/**
 * The write-ahead log of a project: what a change, a commit and a record are, their bytes, and the group commit that puts
 * them into a store. It must not know what a change means: that is the fold's business.
 */
@NullMarked
package dev.offshoot.wal;

import org.jspecify.annotations.NullMarked;

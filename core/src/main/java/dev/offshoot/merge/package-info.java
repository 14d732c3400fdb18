/**
 * Differences and merges: of two documents, of two snapshots, of two snapshots and their common base. Pure: it reads what is given to it and
 * changes nothing. It must not know commands, cursors, clocks, or how a merge is written to the log.
 */
@NullMarked
package dev.offshoot.merge;

import org.jspecify.annotations.NullMarked;

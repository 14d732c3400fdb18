/**
 * Tests of the log: bytes, retry results, and the group commit against {@link dev.offshoot.wal.SimulatedLogStore}, a store that
 * does everything a store may do.
 */
@NullMarked
package dev.offshoot.wal;

import org.jspecify.annotations.NullMarked;

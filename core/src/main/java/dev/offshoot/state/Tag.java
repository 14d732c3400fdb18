package dev.offshoot.state;

/**
 * A name for a position of a branch, which never moves and keeps the position readable.
 *
 * @param id the LSN of the event that made it
 * @param branch the id of the branch
 * @param lsn the position
 * @param createdMillis wall clock of the record that made it
 */
public record Tag(long id, String name, long branch, long lsn, long createdMillis) {}

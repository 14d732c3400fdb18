package dev.offshoot.store;

/**
 * A part of a log as it lies in the store: a file, or a range of documents.
 *
 * @param name what a person finds it by
 * @param firstLsn the first LSN in it
 * @param lastLsn the last LSN in it; below {@code firstLsn} when it is empty
 * @param bytes what it takes
 */
public record LogSegment(String name, long firstLsn, long lastLsn, long bytes) {}

package dev.offshoot.store.file;

import java.nio.file.Path;

/**
 * What reopening a log cut from its end: the remains of an append that was never acknowledged as synced.
 *
 * @param log the id of the log
 * @param file the segment that was cut
 * @param offset where its last whole frame ends
 * @param bytes how many bytes were cut there
 * @param reason what was expected at the offset and what was found
 */
public record TornTail(String log, Path file, long offset, long bytes, String reason) {}

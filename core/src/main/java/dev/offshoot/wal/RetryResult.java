package dev.offshoot.wal;

/**
 * What a retry of a statement is to be answered.
 *
 * @param result raw BSON, as the command that wrote it understands it
 */
public record RetryResult(RetryKey key, byte[] result) {}

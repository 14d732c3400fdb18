package dev.offshoot.wal;

import java.util.UUID;

/**
 * Names one statement of a retryable write.
 *
 * @param session the logical session's id
 * @param txnNumber rises with every retryable write of the session
 * @param statement the statement's index in its command, or the {@code stmtId} given
 */
public record RetryKey(UUID session, long txnNumber, int statement) {}

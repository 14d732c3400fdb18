package dev.offshoot.store.file;

/**
 * The head of a frame, checked.
 *
 * @param firstLsn the LSN of the record's first change
 * @param count how many LSNs the record takes
 * @param headerBytes the length of the record's header
 * @param payloadBytes the length of the record's payload
 * @param bodyCrc CRC32C of header and payload
 * @param syncedLsn the highest LSN that was synced when this frame was written
 * @param nonce the record's nonce
 */
record FrameHead(
        long firstLsn, int count, int headerBytes, int payloadBytes, int bodyCrc, long syncedLsn, byte[] nonce) {
    long lastLsn() {
        return firstLsn + count - 1;
    }

    long bodyBytes() {
        return (long) headerBytes + payloadBytes;
    }
}

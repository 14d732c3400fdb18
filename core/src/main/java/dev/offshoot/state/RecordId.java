package dev.offshoot.state;

/** The key of a document: the LSN of its insertion as 8 bytes, high ones first, so that the order of keys is insertion order. */
public final class RecordId {
    public static final int BYTES = 8;

    private RecordId() {}

    public static byte[] key(long recordId) {
        byte[] key = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            key[i] = (byte) (recordId >>> (56 - 8 * i));
        }
        return key;
    }

    public static long of(byte[] key) {
        long recordId = 0;
        for (int i = 0; i < BYTES; i++) {
            recordId = (recordId << 8) | (key[i] & 0xFF);
        }
        return recordId;
    }
}

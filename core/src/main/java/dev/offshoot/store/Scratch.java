package dev.offshoot.store;

/**
 * Room for bytes that one operation cannot hold in memory and that nobody needs after it: not durable, never read by another process.
 * Thread safe.
 */
public interface Scratch {
    /** No room. */
    Scratch NONE = new Scratch() {
        @Override
        public boolean isAvailable() {
            return false;
        }

        @Override
        public Sheet newSheet() {
            throw new StoreException("there is no folder for temporary files", null);
        }
    };

    boolean isAvailable();

    /**
     * A new empty sheet.
     *
     * @throws StoreException if there cannot be one
     */
    Sheet newSheet();

    /** Bytes that are written from front to back and read anywhere. Used by one thread at a time. */
    interface Sheet extends AutoCloseable {
        /** @throws StoreException if the bytes do not fit or cannot be written */
        void append(byte[] bytes, int offset, int length);

        /** How many bytes there are. */
        long size();

        /** Reads as many bytes as are asked for; they have to be there. */
        void read(long position, byte[] into, int offset, int length);

        /** Gives the room back. Idempotent. */
        @Override
        void close();
    }
}

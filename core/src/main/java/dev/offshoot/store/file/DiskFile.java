package dev.offshoot.store.file;

import java.io.Closeable;
import java.io.IOException;

/** An open file. Interrupting a thread inside any of these neither stops the operation nor harms the file. */
interface DiskFile extends Closeable {
    /** Writes all the bytes, or throws having written some of them. */
    void write(long position, byte[] bytes, int offset, int length) throws IOException;

    /** Reads up to {@code length} bytes; -1 at the end of the file. */
    int read(long position, byte[] bytes, int offset, int length) throws IOException;

    /** Reads {@code length} bytes, fewer only where the file ends; answers how many. */
    default int readFully(long position, byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = read(position + done, bytes, offset + done, length - done);
            if (count < 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    /** Makes everything written so far durable. */
    void force() throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;
}

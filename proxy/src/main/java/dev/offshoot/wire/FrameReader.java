package dev.offshoot.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into messages. A short message takes one read; each is an array of its own, because the engine keeps views of
 * it. Memory follows what has arrived, not what a header promises. Not thread safe.
 */
public final class FrameReader {
    private static final int BUFFER_BYTES = 8 * 1024;
    private static final int FIRST_CHUNK_BYTES = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;

    public FrameReader(InputStream in) {
        this.in = in;
    }

    /**
     * The next whole message, or null where the stream ends between two messages.
     *
     * @throws FrameException if the header is not acceptable
     * @throws EOFException if the stream ends inside a message
     */
    public byte @Nullable [] next() throws IOException {
        if (!fillHeader()) {
            return null;
        }
        int length = Frame.checkedLength(buffer, start);
        byte[] message = new byte[Math.min(length, FIRST_CHUNK_BYTES)];
        int filled = Math.min(length, end - start);
        System.arraycopy(buffer, start, message, 0, filled);
        start += filled;
        while (filled < length) {
            if (filled == message.length) {
                message = Arrays.copyOf(message, Math.min(length, filled * 2));
            }
            int n = in.read(message, filled, message.length - filled);
            if (n < 0) {
                throw new EOFException("stream ended after " + filled + " of " + length + " bytes of a message");
            }
            filled += n;
        }
        return message;
    }

    private boolean fillHeader() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        while (end < Frame.HEADER_BYTES) {
            int n = in.read(buffer, end, buffer.length - end);
            if (n < 0) {
                if (end == 0) {
                    return false;
                }
                throw new EOFException("stream ended after " + end + " bytes of a header");
            }
            end += n;
        }
        return true;
    }
}

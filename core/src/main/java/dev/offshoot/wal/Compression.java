package dev.offshoot.wal;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * zstd with the native memory it works in, which is kept from call to call: to make it anew takes about 8 us, several times what a
 * small record takes itself. It is made when first needed, is at most some 2 MB, and goes with {@link #close}. Used by one thread at a
 * time.
 */
final class Compression implements AutoCloseable {
    private static final int LEVEL = 1;

    private @Nullable ZstdCompressCtx packing;
    private @Nullable ZstdDecompressCtx unpacking;
    private boolean closed;

    /** The bytes as zstd writes them, which may be more of them. */
    byte[] compress(byte[] raw) {
        requireOpen();
        if (packing == null) {
            packing = new ZstdCompressCtx().setLevel(LEVEL);
        }
        byte[] packed = new byte[Math.toIntExact(Zstd.compressBound(raw.length))];
        int length = packing.compressByteArray(packed, 0, packed.length, raw, 0, raw.length);
        return Arrays.copyOf(packed, length);
    }

    /**
     * Fills an array with what zstd wrote to a part of another.
     *
     * @return how many bytes there were
     * @throws com.github.luben.zstd.ZstdException when the part is damaged, or holds more
     */
    int decompress(byte[] into, byte[] packed, int from, int length) {
        requireOpen();
        if (unpacking == null) {
            unpacking = new ZstdDecompressCtx();
        }
        return unpacking.decompressByteArray(into, 0, into.length, packed, from, length);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        closed = true;
        if (packing != null) {
            packing.close();
            packing = null;
        }
        if (unpacking != null) {
            unpacking.close();
            unpacking = null;
        }
    }
}

package dev.offshoot.page;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The bytes of a page as they are stored: a byte that tells the form, then the content as it is (0), or its length as four bytes, low
 * ones first, and zstd (1). Setting up zstd costs more than a page, so its contexts are kept. Thread safe.
 */
final class PageCompression implements AutoCloseable {
    private static final byte PLAIN = 0;
    private static final byte ZSTD = 1;
    private static final int HEAD_BYTES = 1 + Integer.BYTES;
    private static final int LEVEL = 6;
    private static final int CONTENT_BYTES_MAX = 256 << 20;

    private final Queue<ZstdCompressCtx> compressors = new ConcurrentLinkedQueue<>();
    private final Queue<ZstdDecompressCtx> decompressors = new ConcurrentLinkedQueue<>();

    byte[] pack(byte[] content) {
        ZstdCompressCtx context = compressors.poll();
        if (context == null) {
            context = new ZstdCompressCtx();
            context.setLevel(LEVEL);
        }
        byte[] compressed = context.compress(content);
        compressors.add(context);
        if (compressed.length + HEAD_BYTES >= content.length) {
            byte[] plain = new byte[1 + content.length];
            plain[0] = PLAIN;
            System.arraycopy(content, 0, plain, 1, content.length);
            return plain;
        }
        byte[] packed = new byte[HEAD_BYTES + compressed.length];
        packed[0] = ZSTD;
        for (int i = 0; i < Integer.BYTES; i++) {
            packed[1 + i] = (byte) (content.length >>> (8 * i));
        }
        System.arraycopy(compressed, 0, packed, HEAD_BYTES, compressed.length);
        return packed;
    }

    /**
     * The content of a page, checked against its hash.
     *
     * @throws CorruptionException when it is not what was written
     */
    byte[] unpack(PageId id, byte[] packed) {
        byte[] content = content(id, packed);
        PageId found = PageId.ofContent(content);
        if (!found.equals(id)) {
            throw new CorruptionException("page " + id + ": expected content with this hash, found " + found);
        }
        return content;
    }

    /** The content of a page that was checked before. */
    byte[] content(PageId id, byte[] packed) {
        if (packed.length > 0 && packed[0] == PLAIN) {
            byte[] content = new byte[packed.length - 1];
            System.arraycopy(packed, 1, content, 0, content.length);
            return content;
        }
        if (packed.length < HEAD_BYTES || packed[0] != ZSTD) {
            throw new CorruptionException("page " + id + ": expected form 0 or 1, found "
                    + (packed.length == 0 ? "no bytes" : "form " + packed[0]));
        }
        int length = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            length |= (packed[1 + i] & 0xFF) << (8 * i);
        }
        if (length < 0 || length > CONTENT_BYTES_MAX) {
            throw new CorruptionException(
                    "page " + id + ": expected a length up to " + CONTENT_BYTES_MAX + ", found " + length);
        }
        return decompress(id, packed, length);
    }

    private byte[] decompress(PageId id, byte[] packed, int length) {
        byte[] content = new byte[length];
        ZstdDecompressCtx context = decompressors.poll();
        if (context == null) {
            context = new ZstdDecompressCtx();
        }
        try {
            int found = context.decompressByteArray(content, 0, length, packed, HEAD_BYTES, packed.length - HEAD_BYTES);
            if (found != length) {
                throw new CorruptionException(
                        "page " + id + ": expected " + length + " bytes of content, found " + found);
            }
            return content;
        } catch (ZstdException e) {
            throw new CorruptionException(
                    "page " + id + ": expected zstd, found what it cannot read: " + e.getMessage());
        } finally {
            decompressors.add(context);
        }
    }

    /** Gives back what the contexts hold outside of the heap. */
    @Override
    public void close() {
        for (ZstdCompressCtx context = compressors.poll(); context != null; context = compressors.poll()) {
            context.close();
        }
        for (ZstdDecompressCtx context = decompressors.poll(); context != null; context = decompressors.poll()) {
            context.close();
        }
    }
}

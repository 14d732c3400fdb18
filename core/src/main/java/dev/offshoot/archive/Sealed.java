package dev.offshoot.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.offshoot.store.CorruptionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of every object in an archive. Numbers have their low bytes first.
 *
 * <pre>
 *  0  4  magic OFAR
 *  4  1  version, 1
 *  5  1  kind
 *  6  1  form: 0 the body is the content, 1 the body is the content compressed by zstd
 *  7  1  0
 *  8  8  length of the content
 * 16     body
 *     4  CRC32C of all before
 * </pre>
 */
final class Sealed {
    /** What an object is; the letter stands in its sixth byte. */
    enum Kind {
        SEGMENT('L'),
        PACK('P'),
        PAGE_TABLE('T'),
        CHECKPOINT('C'),
        INDEX('X');

        private final byte letter;

        Kind(char letter) {
            this.letter = (byte) letter;
        }
    }

    private static final int MAGIC = 'O' | 'F' << 8 | 'A' << 16 | 'R' << 24;
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 16;
    private static final int CRC_BYTES = 4;
    private static final int LEVEL = 3;

    private Sealed() {}

    /** Packs are not compressed, as the pages in them are. */
    static byte[] seal(Kind kind, byte[] content) {
        byte[] packed = kind == Kind.PACK ? content : Zstd.compress(content, LEVEL);
        boolean smaller = packed.length < content.length;
        byte[] body = smaller ? packed : content;
        byte[] bytes = new byte[HEAD_BYTES + body.length + CRC_BYTES];
        ByteBuffer out = buffer(bytes);
        out.putInt(MAGIC)
                .put(VERSION)
                .put(kind.letter)
                .put((byte) (smaller ? 1 : 0))
                .put((byte) 0)
                .putLong(content.length)
                .put(body);
        out.putInt(crc(bytes, out.position()));
        return bytes;
    }

    /**
     * The content that was sealed.
     *
     * @param name of the object, for the message
     * @throws CorruptionException when the bytes are not those of an object of this kind
     */
    static byte[] open(String name, Kind kind, byte[] bytes) {
        ByteBuffer in = buffer(bytes);
        int end = bytes.length - CRC_BYTES;
        if (end < HEAD_BYTES || in.getInt() != MAGIC) {
            throw damaged(name, "expected an object of an archive, found " + bytes.length + " bytes that are none");
        }
        int expected = crc(bytes, end);
        int found = in.getInt(end);
        if (expected != found) {
            throw damaged(name, String.format("expected the checksum %08x, found %08x", expected, found));
        }
        byte version = in.get();
        byte letter = in.get();
        if (version != VERSION || letter != kind.letter) {
            throw damaged(
                    name,
                    "expected version " + VERSION + " and kind " + (char) kind.letter + ", found version " + version
                            + " and kind " + (char) letter + "; a newer Offshoot may have written it");
        }
        byte form = in.get();
        byte[] body = new byte[end - HEAD_BYTES];
        in.get(); // unused
        long length = in.getLong();
        in.get(body);
        if (length < 0 || length > Integer.MAX_VALUE - 64) {
            throw damaged(name, "expected the length of its content, found " + length);
        }
        return form == 0 ? body : decompress(name, body, (int) length);
    }

    private static byte[] decompress(String name, byte[] body, int length) {
        try {
            byte[] content = Zstd.decompress(body, length);
            if (content.length != length) {
                throw damaged(name, "expected " + length + " bytes of content, found " + content.length);
            }
            return content;
        } catch (ZstdException e) {
            throw damaged(name, "expected zstd, found what it cannot read: " + e.getMessage());
        }
    }

    /** With the low bytes of numbers first. */
    static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static CorruptionException damaged(String name, String what) {
        return new CorruptionException(
                name + ": " + what + "; restore this object from a copy, or ship to a new place");
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}

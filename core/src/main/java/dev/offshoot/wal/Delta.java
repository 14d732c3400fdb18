package dev.offshoot.wal;

import dev.offshoot.bson.Bson;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What turns one version of a document into the next, byte for byte: which bytes are taken from the version before, the <em>base</em>,
 * and which are new. It means something only together with the very base it was made from, whose checksum it holds. The format is
 * described in {@code docs/formats.md}.
 */
public final class Delta {
    /** Shorter documents have none: whole they take little, and what reads the log need not know the version before. */
    public static final int DOCUMENT_BYTES_MIN = 512;

    /** A delta may take this part of the document. */
    private static final int FRACTION_MAX = 2;

    private static final int CHECKSUM_BYTES = 4;

    private Delta() {}

    /**
     * The delta from a stored document to its next version; null where the whole document should be logged instead, as one of them
     * is small, or the delta would be more than half of it.
     */
    public static byte @Nullable [] between(byte[] base, byte[] document) {
        if (Math.min(base.length, document.length) < DOCUMENT_BYTES_MIN) {
            return null;
        }
        Bytes out = new Bytes(128);
        byte[] checksum = new byte[CHECKSUM_BYTES];
        Bson.putInt32(checksum, 0, checksum(base));
        out.raw(checksum).number(document.length);
        return new DeltaWalk(base, document, out, document.length / FRACTION_MAX).write() ? out.array() : null;
    }

    /**
     * The document that a delta makes from its base.
     *
     * @throws IllegalArgumentException when this is not its base, or it is damaged
     */
    public static byte[] apply(byte[] base, byte[] delta) {
        try {
            return read(base, delta);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new IllegalArgumentException("the delta is damaged: " + e.getMessage());
        }
    }

    private static byte[] read(byte[] base, byte[] delta) {
        int expected = Bson.int32(delta, 0);
        int found = checksum(base);
        if (found != expected) {
            throw new IllegalArgumentException(String.format(
                    "the delta is for a document whose CRC32C is %08x, not one of %d bytes with %08x",
                    expected, base.length, found));
        }
        Bytes.Reader in = new Bytes.Reader(delta, CHECKSUM_BYTES);
        int length = in.size();
        if (length > Bson.DOCUMENT_BYTES_MAX) {
            throw new IllegalArgumentException("the delta is of a document of " + length + " bytes");
        }
        byte[] document = new byte[length];
        int at = 0;
        int baseAt = 0;
        while (at < length) {
            at += in.raw(document, at, in.size());
            if (at < length) {
                baseAt = Math.toIntExact(baseAt + signed(in.number()));
                int copied = in.size();
                System.arraycopy(base, baseAt, document, at, copied);
                baseAt += copied;
                at += copied;
            }
        }
        if (!in.atEnd() || length < Integer.BYTES || Bson.int32(document, 0) != length) {
            throw new IllegalArgumentException(
                    "the delta is damaged: it does not make a document of " + length + " bytes");
        }
        return document;
    }

    /** Small numbers of both signs as small numbers without one: 0, -1, 1, -2 become 0, 1, 2, 3. */
    static long unsigned(long value) {
        return (value << 1) ^ (value >> 63);
    }

    private static long signed(long number) {
        return (number >>> 1) ^ -(number & 1);
    }

    private static int checksum(byte[] base) {
        CRC32C crc = new CRC32C();
        crc.update(base, 0, base.length);
        return (int) crc.getValue();
    }
}

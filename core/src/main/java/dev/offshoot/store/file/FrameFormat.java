package dev.offshoot.store.file;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The bytes of a frame: a head of 60 bytes, the record's header, its payload. Frames follow each other without padding. All
 * numbers are little-endian.
 *
 * <pre>
 *  at bytes
 *   0   4   magic "OFWL"
 *   4   2   version, 1
 *   6   2   reserved, 0
 *   8   8   first LSN
 *  16   4   count of LSNs
 *  20   4   length of the header
 *  24   4   length of the payload
 *  28   4   CRC32C of header and payload
 *  32   8   highest LSN that was synced when this frame was written
 *  40  16   nonce
 *  56   4   CRC32C of the 56 bytes above and of the frame's offset in its segment (8 bytes)
 *  60       header, payload
 * </pre>
 *
 * The offset is part of the check so that a frame is one only where it was written: bytes of some log that a user stored as a
 * value never look like a frame to the search for the frame after a damaged place. Every later version keeps the magic, the
 * version and the place and meaning of the last field.
 */
final class FrameFormat {
    static final int MAGIC = 0x4C57464F;
    static final byte MAGIC_FIRST_BYTE = (byte) MAGIC;
    static final int VERSION = 1;
    static final int HEAD_BYTES = 60;

    private static final int VERSION_AT = 4;
    private static final int RESERVED_AT = 6;
    private static final int FIRST_LSN_AT = 8;
    private static final int COUNT_AT = 16;
    private static final int HEADER_BYTES_AT = 20;
    private static final int PAYLOAD_BYTES_AT = 24;
    private static final int BODY_CRC_AT = 28;
    private static final int SYNCED_LSN_AT = 32;
    private static final int NONCE_AT = 40;
    private static final int HEAD_CRC_AT = 56;

    private FrameFormat() {}

    /** How many bytes the frame of a record takes. */
    static long bytes(LogRecord entry) {
        return (long) HEAD_BYTES + entry.header().length + entry.payload().length;
    }

    /** Writes the head of a record's frame to the first bytes of {@code target}. */
    static void encodeHead(LogRecord entry, long syncedLsn, long offset, byte[] target) {
        ByteBuffer head = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(0, MAGIC);
        head.putShort(VERSION_AT, (short) VERSION);
        head.putShort(RESERVED_AT, (short) 0);
        head.putLong(FIRST_LSN_AT, entry.firstLsn());
        head.putInt(COUNT_AT, entry.count());
        head.putInt(HEADER_BYTES_AT, entry.header().length);
        head.putInt(PAYLOAD_BYTES_AT, entry.payload().length);
        head.putInt(BODY_CRC_AT, bodyCrc(entry.header(), entry.payload()));
        head.putLong(SYNCED_LSN_AT, syncedLsn);
        head.put(NONCE_AT, entry.nonce());
        head.putInt(HEAD_CRC_AT, headCrc(target, 0, offset));
    }

    /** Whether the bytes at {@code at} are a whole head that was written at {@code offset} of its segment. */
    static boolean isHead(byte[] source, int at, long offset) {
        ByteBuffer bytes = ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.getInt(at) == MAGIC && bytes.getInt(at + HEAD_CRC_AT) == headCrc(source, at, offset);
    }

    static FrameHead decodeHead(byte[] source, int at, long offset, Path file) throws DamagedFrame {
        ByteBuffer bytes = ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(at) != MAGIC) {
            throw new DamagedFrame(offset, "magic " + hex(MAGIC), hex(bytes.getInt(at)));
        }
        int crc = headCrc(source, at, offset);
        if (bytes.getInt(at + HEAD_CRC_AT) != crc) {
            throw new DamagedFrame(offset, "head checksum " + hex(crc), hex(bytes.getInt(at + HEAD_CRC_AT)));
        }
        int version = Short.toUnsignedInt(bytes.getShort(at + VERSION_AT));
        if (version != VERSION) {
            throw new StoreException(
                    file + " at offset " + offset + ": the frame has version " + version
                            + ", this Offshoot reads version " + VERSION
                            + "; open the folder with the Offshoot that wrote it, or a newer one",
                    null);
        }
        byte[] nonce = new byte[LogRecord.NONCE_BYTES];
        bytes.get(at + NONCE_AT, nonce);
        return new FrameHead(
                bytes.getLong(at + FIRST_LSN_AT),
                bytes.getInt(at + COUNT_AT),
                bytes.getInt(at + HEADER_BYTES_AT),
                bytes.getInt(at + PAYLOAD_BYTES_AT),
                bytes.getInt(at + BODY_CRC_AT),
                bytes.getLong(at + SYNCED_LSN_AT),
                nonce);
    }

    static int bodyCrc(byte[] header, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, header.length);
        crc.update(payload, 0, payload.length);
        return (int) crc.getValue();
    }

    static String hex(int value) {
        return String.format("%08x", value);
    }

    private static int headCrc(byte[] source, int at, long offset) {
        CRC32C crc = new CRC32C();
        crc.update(source, at, HEAD_CRC_AT);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (offset >>> shift));
        }
        return (int) crc.getValue();
    }
}

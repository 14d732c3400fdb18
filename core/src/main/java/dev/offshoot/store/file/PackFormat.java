package dev.offshoot.store.file;

import dev.offshoot.store.PageId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The bytes of a pack: frames of pages one after the other, an index of them, a footer. All numbers are little-endian.
 *
 * <pre>
 *  frame   0   4   magic "OFPG"
 *          4  32   id of the page
 *         36   4   length of its bytes
 *         40   4   CRC32C of the 40 bytes above, of the frame's offset in its pack (8 bytes), of the bytes
 *         44       bytes
 *  index   0  32   id of a page; the entries are sorted by it
 *         32   8   offset of its frame
 *         40   4   length of its bytes
 *         44       the next entry
 *  footer  0   4   magic "OFPX"
 *          4   2   version, 1
 *          6   2   reserved, 0
 *          8   8   offset of the index
 *         16   4   number of entries
 *         20   4   CRC32C of the index
 *         24   8   newest mark of its pages, milliseconds since 1970
 *         32   4   CRC32C of the 32 bytes above and of the footer's offset in its pack (8 bytes)
 * </pre>
 */
final class PackFormat {
    static final int FRAME_MAGIC = 0x4750464F;
    static final int FRAME_HEAD_BYTES = 44;
    static final int ENTRY_BYTES = 44;
    static final int FOOTER_BYTES = 36;
    static final int VERSION = 1;

    private static final int FOOTER_MAGIC = 0x5850464F;
    private static final int ID_AT = 4;
    private static final int LENGTH_AT = 36;
    private static final int CRC_AT = 40;
    private static final int ENTRY_OFFSET_AT = 32;
    private static final int ENTRY_LENGTH_AT = 40;
    private static final int VERSION_AT = 4;
    private static final int INDEX_OFFSET_AT = 8;
    private static final int COUNT_AT = 16;
    private static final int INDEX_CRC_AT = 20;
    private static final int MARK_AT = 24;
    private static final int FOOTER_CRC_AT = 32;

    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private PackFormat() {}

    /**
     * What the footer of a pack says.
     *
     * @param version of the pack's format; the other fields mean something only where it is {@link #VERSION}
     */
    record Footer(int version, long indexOffset, int count, int indexCrc, long newestMark) {}

    static long frameBytes(int length) {
        return (long) FRAME_HEAD_BYTES + length;
    }

    /** Writes the frame of a page to the beginning of {@code target}. */
    static void encodeFrame(PageId id, byte[] bytes, long offset, byte[] target) {
        ByteBuffer head = wrap(target);
        head.putInt(0, FRAME_MAGIC);
        head.put(ID_AT, id.toBytes());
        head.putInt(LENGTH_AT, bytes.length);
        System.arraycopy(bytes, 0, target, FRAME_HEAD_BYTES, bytes.length);
        head.putInt(CRC_AT, frameCrc(target, offset, bytes.length));
    }

    /** Whether {@code source} begins with the whole frame of a page of this length that was written at this offset. */
    static boolean isFrame(byte[] source, long offset, int length) {
        ByteBuffer head = wrap(source);
        return head.getInt(0) == FRAME_MAGIC
                && head.getInt(LENGTH_AT) == length
                && head.getInt(CRC_AT) == frameCrc(source, offset, length);
    }

    static boolean isFrameMagic(byte[] source, int at) {
        return (int) INT.get(source, at) == FRAME_MAGIC;
    }

    /** The length that a frame's head tells, which may be damaged. */
    static int frameLength(byte[] source) {
        return (int) INT.get(source, LENGTH_AT);
    }

    static PageId idOf(byte[] source) {
        return PageId.of(source, ID_AT);
    }

    /** The index of these pages and the footer behind it. */
    static byte[] encodeEnd(List<PackEntry> sorted, long offset, long newestMark) {
        int indexBytes = sorted.size() * ENTRY_BYTES;
        byte[] end = new byte[indexBytes + FOOTER_BYTES];
        ByteBuffer target = wrap(end);
        for (PackEntry entry : sorted) {
            target.put(entry.id().toBytes()).putLong(entry.offset()).putInt(entry.length());
        }
        ByteBuffer footer = wrap(end, indexBytes);
        footer.putInt(0, FOOTER_MAGIC);
        footer.putShort(VERSION_AT, (short) VERSION);
        footer.putLong(INDEX_OFFSET_AT, offset);
        footer.putInt(COUNT_AT, sorted.size());
        footer.putInt(INDEX_CRC_AT, crc(end, 0, indexBytes));
        footer.putLong(MARK_AT, newestMark);
        footer.putInt(FOOTER_CRC_AT, footerCrc(end, indexBytes, offset + indexBytes));
        return end;
    }

    /** Reads the footer that was written at an offset. */
    static Footer decodeFooter(byte[] source, long offset) throws DamagedFrame {
        ByteBuffer footer = wrap(source);
        if (footer.getInt(0) != FOOTER_MAGIC) {
            throw new DamagedFrame(offset, "magic " + FrameFormat.hex(FOOTER_MAGIC), FrameFormat.hex(footer.getInt(0)));
        }
        int crc = footerCrc(source, 0, offset);
        if (footer.getInt(FOOTER_CRC_AT) != crc) {
            throw new DamagedFrame(
                    offset, "footer checksum " + FrameFormat.hex(crc), FrameFormat.hex(footer.getInt(FOOTER_CRC_AT)));
        }
        return new Footer(
                Short.toUnsignedInt(footer.getShort(VERSION_AT)),
                footer.getLong(INDEX_OFFSET_AT),
                footer.getInt(COUNT_AT),
                footer.getInt(INDEX_CRC_AT),
                footer.getLong(MARK_AT));
    }

    /** The n-th entry of an index, from 0. */
    static PackEntry decodeEntry(byte[] index, int n) {
        return new PackEntry(PageId.of(index, n * ENTRY_BYTES), offsetOf(index, n), lengthOf(index, n));
    }

    /** The first number of the n-th id of an index, as {@link PageId} has it. */
    static long firstOf(byte[] index, int n) {
        return (long) BIG_ENDIAN.get(index, n * ENTRY_BYTES);
    }

    /** The second number of the n-th id of an index. */
    static long secondOf(byte[] index, int n) {
        return (long) BIG_ENDIAN.get(index, n * ENTRY_BYTES + Long.BYTES);
    }

    static long offsetOf(byte[] index, int n) {
        return (long) LONG.get(index, n * ENTRY_BYTES + ENTRY_OFFSET_AT);
    }

    static int lengthOf(byte[] index, int n) {
        return (int) INT.get(index, n * ENTRY_BYTES + ENTRY_LENGTH_AT);
    }

    static int crc(byte[] source, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(source, from, length);
        return (int) crc.getValue();
    }

    private static int frameCrc(byte[] source, long offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(source, 0, CRC_AT);
        update(crc, offset);
        crc.update(source, FRAME_HEAD_BYTES, length);
        return (int) crc.getValue();
    }

    private static int footerCrc(byte[] source, int from, long offset) {
        CRC32C crc = new CRC32C();
        crc.update(source, from, FOOTER_CRC_AT);
        update(crc, offset);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, long number) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (number >>> shift));
        }
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer wrap(byte[] bytes, int from) {
        return ByteBuffer.wrap(bytes, from, bytes.length - from).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
}

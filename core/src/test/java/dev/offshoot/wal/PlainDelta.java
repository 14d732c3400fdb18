package dev.offshoot.wal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Applies a delta as a reader of docs/formats.md would: without anything of the product. */
public final class PlainDelta {
    private PlainDelta() {}

    public static byte[] apply(byte[] base, byte[] delta) {
        ByteBuffer in = ByteBuffer.wrap(delta).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(base);
        if (in.getInt() != (int) crc.getValue()) {
            throw new AssertionError("a delta of another document");
        }
        long length = number(in);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (out.size() < length) {
            byte[] literal = new byte[(int) number(in)];
            in.get(literal);
            out.writeBytes(literal);
            if (out.size() < length) {
                long move = number(in);
                at += (int) (move % 2 == 0 ? move / 2 : -(move + 1) / 2);
                int copied = (int) number(in);
                out.write(base, at, copied);
                at += copied;
            }
        }
        if (in.hasRemaining() || out.size() != length) {
            throw new AssertionError("a delta makes " + out.size() + " of " + length + " bytes");
        }
        return out.toByteArray();
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}

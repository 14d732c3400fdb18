package dev.offshoot.wire;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;

/** The bytes of one reply, in three parts so that the document is not copied before it goes out. Immutable. */
public final class Reply {
    /** Up to here one copy and one write beat several writes. */
    private static final int ONE_WRITE_BYTES_MAX = 64 * 1024;

    private static final int OP_MSG_HEAD_BYTES = Frame.HEADER_BYTES + 5;
    private static final int OP_REPLY_HEAD_BYTES = Frame.HEADER_BYTES + 20;
    private static final int AWAIT_CAPABLE = 8;
    private static final int QUERY_FAILURE = 2;
    private static final byte[] NOTHING = {};

    private final byte[] head;
    private final Doc body;
    private final byte[] tail;

    private Reply(byte[] head, Doc body, byte[] tail) {
        this.head = head;
        this.body = body;
        this.tail = tail;
    }

    static Reply opMsg(int requestId, int responseTo, Doc body, boolean checksum) {
        byte[] head = new byte[OP_MSG_HEAD_BYTES];
        byte[] tail = checksum ? new byte[Integer.BYTES] : NOTHING;
        header(head, head.length + body.length() + tail.length, requestId, responseTo, Frame.OP_MSG);
        if (checksum) {
            Bson.putInt32(head, Frame.HEADER_BYTES, OpMsg.CHECKSUM_PRESENT);
            CRC32C crc = new CRC32C();
            crc.update(head, 0, head.length);
            crc.update(body.bytes(), body.offset(), body.length());
            Bson.putInt32(tail, 0, (int) crc.getValue());
        }
        return new Reply(head, body, tail);
    }

    static Reply opReply(int requestId, int responseTo, Doc body, boolean failure) {
        byte[] head = new byte[OP_REPLY_HEAD_BYTES];
        header(head, head.length + body.length(), requestId, responseTo, Frame.OP_REPLY);
        Bson.putInt32(head, Frame.HEADER_BYTES, failure ? AWAIT_CAPABLE | QUERY_FAILURE : AWAIT_CAPABLE);
        Bson.putInt32(head, Frame.HEADER_BYTES + 16, 1);
        return new Reply(head, body, NOTHING);
    }

    private static void header(byte[] head, int length, int requestId, int responseTo, int opcode) {
        Bson.putInt32(head, Frame.LENGTH, length);
        Bson.putInt32(head, Frame.REQUEST_ID, requestId);
        Bson.putInt32(head, Frame.RESPONSE_TO, responseTo);
        Bson.putInt32(head, Frame.OPCODE, opcode);
    }

    public int length() {
        return head.length + body.length() + tail.length;
    }

    /** Copies up to {@code count} bytes, from byte {@code from} of the reply on; answers how many, 0 at its end. */
    public int copy(int from, byte[] to, int offset, int count) {
        int bodyEnd = head.length + body.length();
        if (from < head.length) {
            return copy(head, from, head.length - from, to, offset, count);
        }
        if (from < bodyEnd) {
            return copy(body.bytes(), body.offset() + from - head.length, bodyEnd - from, to, offset, count);
        }
        return copy(tail, from - bodyEnd, length() - from, to, offset, count);
    }

    private static int copy(byte[] part, int from, int left, byte[] to, int offset, int count) {
        int n = Math.min(left, count);
        System.arraycopy(part, from, to, offset, n);
        return n;
    }

    public byte[] toBytes() {
        byte[] all = new byte[length()];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body.bytes(), body.offset(), all, head.length, body.length());
        System.arraycopy(tail, 0, all, all.length - tail.length, tail.length);
        return all;
    }

    /** Writes it whole, with as few calls as its size allows. */
    public void writeTo(OutputStream out) throws IOException {
        if (length() <= ONE_WRITE_BYTES_MAX) {
            out.write(toBytes());
            return;
        }
        out.write(head);
        out.write(body.bytes(), body.offset(), body.length());
        out.write(tail);
    }
}

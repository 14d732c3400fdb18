package dev.offshoot.wire;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Builds messages as a client would, right ones and wrong ones. */
public final class Messages {
    private Messages() {}

    /** Any opcode around any content. */
    public static byte[] frame(int opcode, int requestId, byte[] content) {
        byte[] frame = new byte[16 + content.length];
        Bson.putInt32(frame, 0, frame.length);
        Bson.putInt32(frame, 4, requestId);
        Bson.putInt32(frame, 12, opcode);
        System.arraycopy(content, 0, frame, 16, content.length);
        return frame;
    }

    public static byte[] opMsg(int requestId, int flags, byte[]... sections) {
        return frame(2013, requestId, join(int32(flags), join(sections)));
    }

    /** The same with a right checksum. */
    public static byte[] opMsgWithChecksum(int requestId, byte[]... sections) {
        byte[] frame = opMsg(requestId, OpMsg.CHECKSUM_PRESENT, join(join(sections), int32(0)));
        CRC32C crc = new CRC32C();
        crc.update(frame, 0, frame.length - 4);
        Bson.putInt32(frame, frame.length - 4, (int) crc.getValue());
        return frame;
    }

    public static byte[] opQuery(int requestId, String namespace, Doc query) {
        byte[] head = join(int32(0), cString(namespace), int32(0), int32(-1));
        return frame(2004, requestId, join(head, query.toBytes()));
    }

    public static byte[] body(Doc body) {
        return join(new byte[] {0}, body.toBytes());
    }

    public static byte[] sequence(String name, Doc... documents) {
        byte[][] parts = Arrays.stream(documents).map(Doc::toBytes).toArray(byte[][]::new);
        byte[] content = join(cString(name), join(parts));
        return join(new byte[] {1}, int32(content.length + 4), content);
    }

    public static Doc command(String name, String database) {
        return new DocBuilder().append(name, 1).append("$db", database).buildDoc();
    }

    /** {@code {ping: 1, $db: "admin"}}. */
    public static byte[] ping(int requestId) {
        return opMsg(requestId, 0, body(command("ping", "admin")));
    }

    /** The document of an OP_MSG reply. */
    public static Doc bodyOf(byte[] reply) {
        return Doc.view(reply, 21);
    }

    public static byte[] int32(int value) {
        byte[] bytes = new byte[4];
        Bson.putInt32(bytes, 0, value);
        return bytes;
    }

    public static byte[] cString(String text) {
        return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8).length + 1);
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}

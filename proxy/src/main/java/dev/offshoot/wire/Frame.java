package dev.offshoot.wire;

import dev.offshoot.bson.Bson;

/**
 * The layout of a message: a header of four int32 (length with the header, request id, id of the request that is answered,
 * opcode), then what the opcode says.
 */
public final class Frame {
    public static final int HEADER_BYTES = 16;

    /** The longest message that is accepted, header included; {@code hello} announces it. */
    public static final int MESSAGE_BYTES_MAX = 48_000_000;

    /** The longest reply: room for what the fields around a full batch need. */
    static final int REPLY_BYTES_MAX = MESSAGE_BYTES_MAX + 16 * 1024;

    static final int OP_REPLY = 1;
    static final int OP_UPDATE = 2001;
    static final int OP_INSERT = 2002;
    static final int OP_QUERY = 2004;
    static final int OP_GET_MORE = 2005;
    static final int OP_DELETE = 2006;
    static final int OP_KILL_CURSORS = 2007;
    static final int OP_COMPRESSED = 2012;
    static final int OP_MSG = 2013;

    static final int LENGTH = 0;
    static final int REQUEST_ID = 4;
    static final int RESPONSE_TO = 8;
    static final int OPCODE = 12;

    private Frame() {}

    /**
     * The length of the message whose header stands at an offset, once length and opcode are known to be acceptable.
     *
     * @throws FrameException if a message with this header must not be read
     */
    public static int checkedLength(byte[] bytes, int offset) throws FrameException {
        int length = Bson.int32(bytes, offset + LENGTH);
        int opcode = Bson.int32(bytes, offset + OPCODE);
        if (length < HEADER_BYTES || length > MESSAGE_BYTES_MAX) {
            throw new FrameException("message length " + length + " is not between " + HEADER_BYTES + " and "
                    + MESSAGE_BYTES_MAX + " (opcode " + opcode + ")");
        }
        switch (opcode) {
            case OP_MSG, OP_QUERY, OP_GET_MORE -> {
                return length;
            }
            case OP_COMPRESSED -> throw new FrameException("OP_COMPRESSED without negotiated compression");
            case OP_INSERT -> throw noLongerSupported("OP_INSERT");
            case OP_UPDATE -> throw noLongerSupported("OP_UPDATE");
            case OP_DELETE -> throw noLongerSupported("OP_DELETE");
            case OP_KILL_CURSORS -> throw noLongerSupported("OP_KILL_CURSORS");
            default -> throw new FrameException("unknown opcode " + opcode);
        }
    }

    /** Whether the sender of this whole message expects no reply. */
    public static boolean isOneWay(byte[] message) {
        return opcode(message) == OP_MSG
                && message.length >= HEADER_BYTES + Integer.BYTES
                && (Bson.int32(message, HEADER_BYTES) & OpMsg.MORE_TO_COME) != 0;
    }

    static int opcode(byte[] message) {
        return Bson.int32(message, OPCODE);
    }

    static int requestId(byte[] message) {
        return Bson.int32(message, REQUEST_ID);
    }

    private static FrameException noLongerSupported(String opcode) {
        return new FrameException(opcode + " is no longer supported; the client driver may require an upgrade");
    }
}

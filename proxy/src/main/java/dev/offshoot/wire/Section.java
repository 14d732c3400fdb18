package dev.offshoot.wire;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonCheck;
import dev.offshoot.bson.BsonFormatException;
import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.nio.charset.StandardCharsets;

/** A forward walk over the part of a message that ends at {@code end}; nothing beyond it is touched. Not thread safe. */
final class Section {
    /** The largest document in a command: a user's largest, and room for the fields around it. */
    static final int DOCUMENT_BYTES_MAX = Bson.DOCUMENT_BYTES_MAX + 16 * 1024;

    private final byte[] bytes;
    private final int end;
    private int offset;

    Section(byte[] bytes, int offset, int end) {
        this.bytes = bytes;
        this.offset = offset;
        this.end = end;
    }

    boolean atEnd() {
        return offset == end;
    }

    int kind() {
        return bytes[offset++] & 0xFF;
    }

    int int32() throws FrameException {
        require(Integer.BYTES, "a number");
        int value = Bson.int32(bytes, offset);
        offset += Integer.BYTES;
        return value;
    }

    String name() throws FrameException {
        for (int o = offset; o < end; o++) {
            if (bytes[o] == 0) {
                String name = new String(bytes, offset, o - offset, StandardCharsets.UTF_8);
                offset = o + 1;
                return name;
            }
        }
        throw new FrameException("a name at byte " + offset + " does not end inside the message");
    }

    /** The next {@code length} bytes as a part of their own, or a bad frame where there are not so many. */
    Section part(int length) throws FrameException {
        if (length < 0) {
            throw new FrameException("negative length at byte " + offset);
        }
        require(length, "a document sequence");
        Section part = new Section(bytes, offset, offset + length);
        offset += length;
        return part;
    }

    /**
     * The next document, checked to the last byte.
     *
     * @throws FrameException if it does not lie inside this part, so that what follows cannot be found
     * @throws CommandException if it does and is not valid
     */
    Doc document() throws FrameException {
        require(Integer.BYTES, "a document");
        int length = Bson.int32(bytes, offset);
        if (length < Doc.EMPTY.length() || length > end - offset) {
            throw new FrameException("a document of " + length + " bytes at byte " + offset + " of a message with "
                    + (end - offset) + " bytes left");
        }
        if (length > DOCUMENT_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    "BSONObj size: " + length + " is invalid. Size must be between 0 and " + DOCUMENT_BYTES_MAX);
        }
        check(length);
        Doc document = Doc.view(bytes, offset);
        offset += length;
        return document;
    }

    private void check(int length) {
        try {
            BsonCheck.check(bytes, offset, offset + length);
        } catch (BsonFormatException e) {
            throw new CommandException(ErrorCode.INVALID_BSON, String.valueOf(e.getMessage()));
        }
    }

    private void require(int length, String what) throws FrameException {
        if (end - offset < length) {
            throw new FrameException("message ends at byte " + end + ", inside " + what + " at byte " + offset);
        }
    }
}

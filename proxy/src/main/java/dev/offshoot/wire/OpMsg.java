package dev.offshoot.wire;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.engine.Request;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * OP_MSG: flags, then sections (kind 0 is the command, kind 1 a sequence of documents that stands for one of its fields), then
 * a CRC-32C if the flags say so. Error numbers are those of MongoDB's {@code op_msg.cpp}.
 */
final class OpMsg {
    static final int CHECKSUM_PRESENT = 1;
    static final int MORE_TO_COME = 2;
    /** Of the bits 0 to 15, which a receiver has to know, those that we know. The others may be ignored. */
    private static final int REQUIRED_UNKNOWN = 0xFFFF & ~(CHECKSUM_PRESENT | MORE_TO_COME);

    private static final int FLAGS_END = Frame.HEADER_BYTES + Integer.BYTES;
    private static final int SEQUENCES_MAX = 8;
    private static final int SEQUENCE_DOCUMENTS_MAX = 100_000;

    private OpMsg() {}

    static int flags(byte[] message) throws FrameException {
        if (message.length < FLAGS_END) {
            throw new FrameException("OP_MSG of " + message.length + " bytes has no flags");
        }
        int flags = Bson.int32(message, Frame.HEADER_BYTES);
        if ((flags & REQUIRED_UNKNOWN) != 0) {
            throw new FrameException("OP_MSG with unknown required flags 0x" + Integer.toHexString(flags));
        }
        return flags;
    }

    /** The command in a message whose flags are known to be good. */
    static Request parse(byte[] message, int flags) throws FrameException {
        int end = message.length;
        if ((flags & CHECKSUM_PRESENT) != 0) {
            end -= Integer.BYTES;
            checkChecksum(message, end);
        }
        Section sections = new Section(message, FLAGS_END, end);
        Doc body = null;
        Map<String, List<Doc>> sequences = Map.of();
        while (!sections.atEnd()) {
            int kind = sections.kind();
            if (kind == 0) {
                body = onlyBody(body, sections.document());
            } else if (kind == 1) {
                sequences = sequences.isEmpty() ? new LinkedHashMap<>() : sequences;
                readSequence(sections, sequences);
            } else {
                throw refused(40432, "Unknown section kind " + kind);
            }
        }
        if (body == null) {
            throw refused(40587, "OP_MSG messages must have a body");
        }
        for (String name : sequences.keySet()) {
            if (body.has(name)) {
                throw refused(40433, "Duplicate field between body and document sequence " + name);
            }
        }
        return new Request(body, sequences);
    }

    private static Doc onlyBody(@Nullable Doc earlier, Doc body) {
        if (earlier != null) {
            throw refused(40430, "Multiple body sections in message");
        }
        return body;
    }

    private static void readSequence(Section sections, Map<String, List<Doc>> into) throws FrameException {
        Section sequence = sections.part(sections.int32() - Integer.BYTES);
        String name = sequence.name();
        if (into.size() == SEQUENCES_MAX) {
            throw new FrameException("more than " + SEQUENCES_MAX + " document sequences in OP_MSG");
        }
        List<Doc> documents = new ArrayList<>();
        while (!sequence.atEnd()) {
            if (documents.size() == SEQUENCE_DOCUMENTS_MAX) {
                throw new CommandException(
                        ErrorCode.INVALID_LENGTH,
                        "Write batch sizes must be between 1 and " + SEQUENCE_DOCUMENTS_MAX + ". Field '" + name
                                + "' has more.");
            }
            documents.add(sequence.document());
        }
        if (into.putIfAbsent(name, Collections.unmodifiableList(documents)) != null) {
            throw refused(40431, "Duplicate document sequence: " + name);
        }
    }

    private static void checkChecksum(byte[] message, int end) throws FrameException {
        if (end < FLAGS_END) {
            throw new FrameException("OP_MSG of " + message.length + " bytes has no checksum");
        }
        CRC32C crc = new CRC32C();
        crc.update(message, 0, end);
        if ((int) crc.getValue() != Bson.int32(message, end)) {
            throw new FrameException("OP_MSG checksum does not match contents");
        }
    }

    private static CommandException refused(int code, String message) {
        return new CommandException(ErrorCode.location(code), message);
    }
}

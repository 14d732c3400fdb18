package dev.offshoot.store.mongo;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonFormatException;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * The documents of a log.
 *
 * <pre>
 * wal_log    {_id: "LOG/16 hex digits of the first LSN", last: long, count: int, nonce: 16 bytes, header: {...}, bytes: int,
 *             payload: bytes}
 *            a payload above 8 MiB: {..., bytes: int, parts: int, sha256: 32 bytes} instead of payload
 * wal_parts  {_id: "LOG/hex of the nonce/n", bytes: bytes}, n from 0
 * </pre>
 */
final class LogDocument {
    static final int PART_BYTES = 8 << 20;

    private static final String ID = "_id";
    private static final String LAST = "last";
    private static final String COUNT = "count";
    private static final String NONCE = "nonce";
    private static final String HEADER = "header";
    private static final String PAYLOAD = "payload";
    private static final String PARTS = "parts";
    private static final String BYTES = "bytes";
    private static final String DIGEST = "sha256";

    private LogDocument() {}

    static String id(String log, long firstLsn) {
        return log + "/" + HexFormat.of().toHexDigits(firstLsn);
    }

    static String partId(String log, byte[] nonce, int part) {
        return log + "/" + HexFormat.of().formatHex(nonce) + "/" + part;
    }

    static boolean hasParts(LogRecord entry) {
        return entry.payload().length > PART_BYTES;
    }

    static int partsOf(int payloadBytes) {
        return (payloadBytes + PART_BYTES - 1) / PART_BYTES;
    }

    static BsonDocument encode(String log, LogRecord entry) {
        BsonDocument document = new BsonDocument(ID, new BsonString(id(log, entry.firstLsn())))
                .append(LAST, new BsonInt64(entry.lastLsn()))
                .append(COUNT, new BsonInt32(entry.count()))
                .append(NONCE, new BsonBinary(entry.nonce()))
                .append(HEADER, new RawBsonDocument(entry.header()))
                .append(BYTES, new BsonInt32(entry.payload().length));
        if (!hasParts(entry)) {
            return document.append(PAYLOAD, new BsonBinary(entry.payload()));
        }
        return document.append(PARTS, new BsonInt32(partsOf(entry.payload().length)))
                .append(DIGEST, new BsonBinary(sha256(entry.payload())));
    }

    static BsonDocument encodePart(String log, LogRecord entry, int part) {
        int from = part * PART_BYTES;
        byte[] bytes = new byte[Math.min(PART_BYTES, entry.payload().length - from)];
        System.arraycopy(entry.payload(), from, bytes, 0, bytes.length);
        return new BsonDocument(ID, new BsonString(partId(log, entry.nonce(), part)))
                .append(BYTES, new BsonBinary(bytes));
    }

    /** Gives the bytes of a part of a record's payload. */
    interface PartSource {
        byte[] part(byte[] nonce, int part);
    }

    /** Reads the fields in one pass over the bytes, not one by one through the driver, which takes longer than to receive a small record. */
    static LogRecord decode(RawBsonDocument document, PartSource parts) {
        long firstLsn = firstLsn(document);
        int count = 0;
        long last = 0;
        byte[] nonce = new byte[0];
        byte[] header = null;
        byte[] payload = null;
        try {
            for (Doc.Fields field = view(document).fields(); field.next(); ) {
                switch (field.name()) {
                    case COUNT -> count = field.value().asInt32();
                    case LAST -> last = field.value().asInt64();
                    case NONCE -> nonce = field.value().asBinary();
                    case HEADER -> header = field.value().asDoc().toBytes();
                    case PAYLOAD -> payload = field.value().asBinary();
                    default -> {} // told by its _id, or of use where there are parts
                }
            }
            if (header == null) {
                throw damaged(document, "a header", "none");
            }
            LogRecord entry = new LogRecord(
                    firstLsn, count, nonce, header, payload != null ? payload : join(document, nonce, parts));
            if (entry.lastLsn() != last) {
                throw damaged(document, "last LSN " + entry.lastLsn(), Long.toString(last));
            }
            return entry;
        } catch (BsonFormatException
                | BsonInvalidOperationException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            throw damaged(document, "a record", String.valueOf(e.getMessage()));
        }
    }

    /** The document's own bytes. */
    private static Doc view(RawBsonDocument document) {
        ByteBuffer bytes = document.getByteBuffer().asNIO();
        return Doc.view(bytes.array(), bytes.arrayOffset() + bytes.position());
    }

    static byte[] bytesOfPart(RawBsonDocument part) {
        return part.getBinary(BYTES).getData();
    }

    static byte[] nonce(BsonDocument document) {
        return document.getBinary(NONCE).getData();
    }

    static long firstLsn(RawBsonDocument document) {
        Value value = view(document).get(ID);
        String id = value == null || value.type() != Bson.STRING ? "" : value.asString();
        try {
            return HexFormat.fromHexDigitsToLong(id, id.indexOf('/') + 1, id.length());
        } catch (IllegalArgumentException e) {
            throw damaged(document, "16 hex digits of an LSN in its _id", id);
        }
    }

    static String id(BsonDocument document) {
        return document.getString(ID).getValue();
    }

    /** How many documents of {@code wal_parts} a record has. */
    static int parts(BsonDocument document) {
        return document.getInt32(PARTS, new BsonInt32(0)).getValue();
    }

    /**
     * What a record takes in its collections, but for the heads of its parts.
     *
     * @param document without its payload; a record of an early version does not tell how long that was, and counts without
     */
    static long bytes(RawBsonDocument document) {
        return (long) document.getByteBuffer().remaining()
                + document.getInt32(BYTES, new BsonInt32(0)).getValue();
    }

    static long lastLsn(RawBsonDocument document) {
        Value value = view(document).get(LAST);
        if (value == null || value.type() != Bson.INT64) {
            throw damaged(document, "its last LSN", value == null ? "none" : value.toString());
        }
        return value.asInt64();
    }

    private static byte[] join(RawBsonDocument document, byte[] nonce, PartSource parts) {
        byte[] payload = new byte[document.getInt32(BYTES).getValue()];
        int count = document.getInt32(PARTS).getValue();
        if (count != partsOf(payload.length)) {
            throw damaged(document, partsOf(payload.length) + " parts", Integer.toString(count));
        }
        for (int part = 0; part < count; part++) {
            byte[] bytes = parts.part(nonce, part);
            int from = part * PART_BYTES;
            if (bytes.length != Math.min(PART_BYTES, payload.length - from)) {
                throw damaged(document, "a full part " + part, bytes.length + " bytes");
            }
            System.arraycopy(bytes, 0, payload, from, bytes.length);
        }
        byte[] digest = sha256(payload);
        byte[] expected = document.getBinary(DIGEST).getData();
        if (!MessageDigest.isEqual(digest, expected)) {
            HexFormat hex = HexFormat.of();
            throw damaged(document, "parts with SHA-256 " + hex.formatHex(expected), hex.formatHex(digest));
        }
        return payload;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static CorruptionException damaged(BsonDocument document, String expected, String found) {
        return new CorruptionException(
                "wal_log document " + document.get(ID) + ": expected " + expected + ", found " + found);
    }
}

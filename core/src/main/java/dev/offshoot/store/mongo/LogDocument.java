package dev.offshoot.store.mongo;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonString;
import org.bson.BsonValue;
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

    static LogRecord decode(RawBsonDocument document, PartSource parts) {
        long firstLsn = firstLsn(document);
        try {
            byte[] nonce = nonce(document);
            BsonValue payload = document.get(PAYLOAD);
            LogRecord entry = new LogRecord(
                    firstLsn,
                    document.getInt32(COUNT).getValue(),
                    nonce,
                    rawBytes(document.getDocument(HEADER)),
                    payload != null ? payload.asBinary().getData() : join(document, nonce, parts));
            if (entry.lastLsn() != lastLsn(document)) {
                throw damaged(document, "last LSN " + entry.lastLsn(), Long.toString(lastLsn(document)));
            }
            return entry;
        } catch (BsonInvalidOperationException | IllegalArgumentException e) {
            throw damaged(document, "a record", String.valueOf(e.getMessage()));
        }
    }

    static byte[] bytesOfPart(RawBsonDocument part) {
        return part.getBinary(BYTES).getData();
    }

    static byte[] nonce(BsonDocument document) {
        return document.getBinary(NONCE).getData();
    }

    static long firstLsn(BsonDocument document) {
        String id = document.getString(ID).getValue();
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

    static long lastLsn(BsonDocument document) {
        return document.getInt64(LAST).getValue();
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

    private static byte[] rawBytes(BsonDocument header) {
        if (!(header instanceof RawBsonDocument raw)) {
            throw new AssertionError("a value of a raw document is raw");
        }
        byte[] bytes = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(bytes);
        return bytes;
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

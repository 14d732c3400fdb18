package dev.offshoot.store.mongo;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * The documents of pages.
 *
 * <pre>
 * wal_pages  {_id: "LOG/64 hex digits of the id", mark: date, size: int, bytes: bytes}
 *            the rest of a page above 8 MiB: {_id: "LOG/64 hex digits/n", mark: date, bytes: bytes}, n from 1
 * </pre>
 */
final class PageDocument {
    static final int PART_BYTES = 8 << 20;
    static final String ID = "_id";
    static final String MARK = "mark";
    static final String SIZE = "size";
    static final String BYTES = "bytes";

    private static final int HEX_DIGITS = 2 * PageId.BYTES;

    private PageDocument() {}

    static String id(String log, PageId page) {
        return log + "/" + page;
    }

    static String partId(String log, PageId page, int part) {
        return part == 0 ? id(log, page) : id(log, page) + "/" + part;
    }

    static int partsOf(int size) {
        return Math.max(1, (size + PART_BYTES - 1) / PART_BYTES);
    }

    /** The documents of a page: first its parts, then the one that makes it a page. */
    static List<BsonDocument> encode(String log, PageId page, byte[] bytes, long mark) {
        List<BsonDocument> documents = new ArrayList<>();
        for (int part = partsOf(bytes.length) - 1; part >= 0; part--) {
            int from = part * PART_BYTES;
            byte[] own = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PART_BYTES));
            BsonDocument document =
                    new BsonDocument(ID, new BsonString(partId(log, page, part))).append(MARK, new BsonDateTime(mark));
            if (part == 0) {
                document.append(SIZE, new BsonInt32(bytes.length));
            }
            documents.add(document.append(BYTES, new BsonBinary(own)));
        }
        return documents;
    }

    /** Gives the document of a part, null when it is not there. */
    interface PartSource {
        @Nullable
        RawBsonDocument part(int part);
    }

    static byte[] decode(RawBsonDocument document, PartSource parts) {
        try {
            byte[] first = document.getBinary(BYTES).getData();
            int size = size(document);
            if (first.length == size) {
                return first;
            }
            if (size < first.length) {
                throw damaged(document, size + " bytes", first.length + " bytes");
            }
            return join(document, first, size, parts);
        } catch (BsonInvalidOperationException e) {
            throw damaged(document, "a page", String.valueOf(e.getMessage()));
        }
    }

    private static byte[] join(RawBsonDocument document, byte[] first, int size, PartSource parts) {
        byte[] bytes = Arrays.copyOf(first, size);
        for (int part = 1; part < partsOf(size); part++) {
            RawBsonDocument found = parts.part(part);
            byte[] own = found == null ? new byte[0] : found.getBinary(BYTES).getData();
            int from = part * PART_BYTES;
            if (own.length != Math.min(PART_BYTES, size - from)) {
                throw damaged(document, "a full part " + part, own.length + " bytes");
            }
            System.arraycopy(own, 0, bytes, from, own.length);
        }
        return bytes;
    }

    static String id(BsonDocument document) {
        return document.getString(ID).getValue();
    }

    static boolean isWhole(BsonDocument document) {
        return document.containsKey(SIZE);
    }

    static int size(BsonDocument document) {
        return document.getInt32(SIZE).getValue();
    }

    /** The page that a document belongs to. */
    static PageId page(BsonDocument document) {
        String id = id(document);
        int from = id.indexOf('/') + 1;
        try {
            return PageId.parse(id.substring(from, Math.min(id.length(), from + HEX_DIGITS)));
        } catch (IllegalArgumentException e) {
            throw damaged(document, "64 hex digits of a page in its _id", id);
        }
    }

    private static CorruptionException damaged(BsonDocument document, String expected, String found) {
        return new CorruptionException(
                "wal_pages document " + document.get(ID) + ": expected " + expected + ", found " + found);
    }
}

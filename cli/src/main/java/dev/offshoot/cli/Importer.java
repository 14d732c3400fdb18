package dev.offshoot.cli;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.bson.BsonDocument;

/** Inserts the documents of files in order and in batches, and stops at the first bad one. */
final class Importer {
    private static final int BATCH_DOCUMENTS = 1_000;
    private static final int BATCH_CHARS = 8 << 20;

    private final MongoCollection<BsonDocument> collection;
    private final List<BsonDocument> batch = new ArrayList<>();
    private final List<JsonText> places = new ArrayList<>();
    private int batchChars;
    private long imported;

    Importer(MongoDatabase database, String collection) {
        try {
            this.collection = database.getCollection(collection, BsonDocument.class);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "'" + collection + "' cannot be the name of a collection: " + e.getMessage(),
                    null,
                    e);
        }
    }

    long imported() {
        return imported;
    }

    /**
     * Inserts all of a file.
     *
     * @throws CliException at the first document that is bad or refused; all before it are inserted
     */
    void add(ImportFile file) throws IOException {
        JsonSplitter splitter = new JsonSplitter(file.text());
        try {
            for (JsonText text = splitter.next(); text != null; text = splitter.next()) {
                add(file, text);
            }
        } catch (BadInputException e) {
            insert(file);
            throw stopped(ExitCodes.FAILURE, file, e.place(), e.reason(), e);
        } catch (CharacterCodingException e) {
            insert(file);
            throw stopped(
                    ExitCodes.FAILURE, file, "after document " + splitter.documents(), "the text is not UTF-8", e);
        } catch (ZipException | EOFException e) {
            insert(file);
            throw stopped(
                    ExitCodes.FAILURE,
                    file,
                    "after document " + splitter.documents(),
                    "the gzip is damaged or cut short",
                    e);
        }
        insert(file);
    }

    private void add(ImportFile file, JsonText text) throws BadInputException {
        batch.add(parse(text));
        places.add(text);
        batchChars += text.text().length();
        if (batch.size() == BATCH_DOCUMENTS || batchChars >= BATCH_CHARS) {
            insert(file);
        }
    }

    /** The parser throws exceptions of many kinds at bad text; every one of them means just that. */
    private static BsonDocument parse(JsonText text) throws BadInputException {
        try {
            return BsonDocument.parse(text.text());
        } catch (RuntimeException e) {
            throw new BadInputException(text.line(), text.number(), String.valueOf(e.getMessage()));
        }
    }

    private void insert(ImportFile file) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            imported += collection.insertMany(batch).getInsertedIds().size();
        } catch (MongoBulkWriteException e) {
            throw refused(file, e);
        }
        batch.clear();
        places.clear();
        batchChars = 0;
    }

    private CliException refused(ImportFile file, MongoBulkWriteException e) {
        imported += e.getWriteResult().getInsertedCount();
        if (e.getWriteErrors().isEmpty()) {
            return stopped(ExitCodes.FAILURE, file, "after document " + imported, String.valueOf(e.getMessage()), e);
        }
        BulkWriteError error = e.getWriteErrors().get(0);
        JsonText place = places.get(error.getIndex());
        return stopped(
                FailureTexts.exitCode(error.getCode()),
                file,
                "line " + place.line() + ", document " + place.number(),
                error.getMessage(),
                e);
    }

    private CliException stopped(int exitCode, ImportFile file, String place, String reason, Exception cause) {
        String before = imported == 1 ? "1 document before it was" : imported + " documents before it were";
        return new CliException(
                exitCode, file.name() + ": " + place + ": " + reason + "; " + before + " imported", null, cause);
    }
}

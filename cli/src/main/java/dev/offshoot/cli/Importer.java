package dev.offshoot.cli;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.bson.RawBsonDocument;

/** Inserts the documents of files in order and in batches, and stops at the first bad one. */
final class Importer {
    private static final int BATCH_DOCUMENTS = 1_000;
    private static final int BATCH_CHARS = 8 << 20;

    private final MongoCollection<RawBsonDocument> collection;
    private final List<RawBsonDocument> batch = new ArrayList<>();
    private final List<JsonText> places = new ArrayList<>();
    private int batchChars;
    private long imported;

    Importer(MongoDatabase database, String collection) {
        try {
            this.collection = database.getCollection(collection, RawBsonDocument.class);
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

    private void add(ImportFile file, JsonText text) throws BadInputException, IOException {
        batch.add(StrictJson.parse(text));
        places.add(text);
        batchChars += text.text().length();
        if (batch.size() == BATCH_DOCUMENTS || batchChars >= BATCH_CHARS) {
            insert(file);
        }
    }

    private void insert(ImportFile file) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            collection.insertMany(batch);
        } catch (MongoBulkWriteException e) {
            throw refused(file, e);
        } catch (MongoException e) {
            throw failed(file, e);
        }
        imported += batch.size();
        batch.clear();
        places.clear();
        batchChars = 0;
    }

    private CliException refused(ImportFile file, MongoBulkWriteException e) {
        int inserted = e.getWriteResult().getInsertedCount();
        imported += inserted;
        if (e.getWriteErrors().isEmpty()) {
            long last = places.get(0).number() - 1 + inserted;
            return stopped(ExitCodes.FAILURE, file, "after document " + last, String.valueOf(e.getMessage()), e);
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

    /** The command failed as a whole, or nobody knows what became of it. */
    private CliException failed(ImportFile file, MongoException e) {
        CliException failure = FailureTexts.of(e);
        boolean refused = e instanceof MongoCommandException;
        if (refused && imported == 0) {
            return failure;
        }
        long first = places.get(0).line();
        long last = places.get(places.size() - 1).line();
        return new CliException(
                failure.exitCode(),
                file.name() + ": line " + first + ": " + failure.message() + "; " + before() + " imported"
                        + (refused ? "" : ", what is in lines " + first + " to " + last + " may be there or not"),
                "the same with what " + file.name() + " has from line " + first + " on, once that is mended"
                        + (refused ? "" : "; an _id that is there already is refused, and not stored twice"),
                e);
    }

    private CliException stopped(int exitCode, ImportFile file, String place, String reason, Exception cause) {
        return new CliException(
                exitCode, file.name() + ": " + place + ": " + reason + "; " + before() + " imported", null, cause);
    }

    private String before() {
        return imported == 1 ? "1 document before it was" : imported + " documents before it were";
    }
}

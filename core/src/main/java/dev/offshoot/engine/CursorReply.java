package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Batches of a cursor, as {@code find}, {@code aggregate} and {@code getMore} answer them. */
final class CursorReply {
    /** How many documents a first batch has when nobody says. */
    static final long FIRST_BATCH = 101;

    /** How much larger than a stored document MongoDB lets one be that it answers. */
    private static final int HEADROOM_BYTES = 16 * 1024;

    private CursorReply() {}

    /**
     * How a cursor begins.
     *
     * @param collection the part of {@code ns} behind the database
     * @param size documents of the first batch at most
     * @param single whether there is no second batch
     * @param immortal whether it may idle for ever
     */
    record Opening(String collection, long size, boolean single, boolean immortal) {}

    /** Writes the first batch, and keeps the rest open unless it is exhausted or only one batch is wanted. */
    static void first(Invocation call, Opening opening, Iterator<Doc> documents, DocBuilder reply) {
        DocumentStream stream = new DocumentStream(documents);
        reply.startDocument("cursor");
        write("firstBatch", opening.size, stream, reply);
        call.deadline().pause();
        long id = !opening.single && stream.hasNext() ? keep(call, opening, stream) : 0;
        reply.append("id", id).append("ns", call.namespace(opening.collection)).end();
    }

    /** As {@link #first} for a cursor that stays open at the end of what is there. */
    static void firstOfTail(Invocation call, Opening opening, Tail tail, boolean awaitsData, DocBuilder reply) {
        DocumentStream stream = new DocumentStream(tail);
        reply.startDocument("cursor");
        write("firstBatch", opening.size, stream, reply);
        long id = 0;
        if (stream.hasNext() || !tail.isOver()) {
            Cursors cursors = call.engine().cursors();
            id = cursors.register(origin(call, opening), stream, Deadline.in(0, System::nanoTime));
            cursors.makeTailable(id, tail, awaitsData);
        }
        reply.append("id", id).append("ns", call.namespace(opening.collection)).end();
    }

    private static long keep(Invocation call, Opening opening, DocumentStream stream) {
        stream.own(call.handOverSpill());
        return call.engine().cursors().register(origin(call, opening), stream, call.deadline());
    }

    private static Cursors.Origin origin(Invocation call, Opening opening) {
        return new Cursors.Origin(
                call.database().text(),
                opening.collection,
                call.session(),
                opening.immortal,
                call.body(),
                call.positions());
    }

    /** Answers a list: all at once, or as many as {@code cursor.batchSize} says. */
    static void list(Invocation call, String collection, List<Doc> documents, DocBuilder reply) {
        long size = batchSize(call.name(), call.document("cursor"), Long.MAX_VALUE);
        first(call, new Opening(collection, size, false, false), documents.iterator(), reply);
    }

    /** The {@code batchSize} in a command's {@code cursor}, which has no other field. */
    static long batchSize(String command, Doc cursor, long otherwise) {
        Value size = new SubDocument(command + ".cursor", cursor)
                .only(Set.of("batchSize"))
                .doc()
                .get("batchSize");
        if (size == null || size.type() == Bson.NULL) {
            return otherwise;
        }
        if (!size.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "cursor.batchSize has to be a number, not a " + Bson.typeName(size.type()));
        }
        long number = size.toRoundedLong();
        if (number < 0) {
            throw new CommandException(ErrorCode.BAD_VALUE, "cursor.batchSize must not be negative");
        }
        return number;
    }

    /** Refuses a result that stages made larger than a document may be. */
    private static void checkSize(Doc document) {
        if (document.length() > Bson.DOCUMENT_BYTES_MAX + HEADROOM_BYTES) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    "BSONObj size: " + document.length() + " (0x"
                            + Integer.toHexString(document.length()).toUpperCase(Locale.ROOT)
                            + ") is invalid. Size must be between 0 and " + (Bson.DOCUMENT_BYTES_MAX + HEADROOM_BYTES)
                            + "(16MB)");
        }
    }

    /** Writes documents until there are enough of them or the batch would pass 16 MiB; one document always fits. */
    static void write(String name, long size, DocumentStream documents, DocBuilder reply) {
        reply.startArray(name);
        int start = reply.size();
        for (long n = 0; n < size && documents.hasNext(); n++) {
            checkSize(documents.peek());
            int next = reply.size() - start + documents.peek().length();
            if (n > 0 && next > Bson.DOCUMENT_BYTES_MAX) {
                break;
            }
            reply.add(documents.next());
        }
        reply.end();
    }
}

package dev.offshoot.cli;

import org.bson.BsonDocument;

/** One form of what {@code diff} prints, event by event. */
interface DiffPrinter {
    void print(BsonDocument event);

    /** After the last one. */
    void end();
}

package dev.offshoot.cli;

import java.io.PrintStream;
import org.bson.BsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/** Events as relaxed extended JSON: an array, or a line each. */
final class DiffJson implements DiffPrinter {
    private static final JsonWriterSettings RELAXED =
            JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

    private final PrintStream out;
    private final boolean array;
    private boolean any;

    DiffJson(PrintStream out, boolean array) {
        this.out = out;
        this.array = array;
    }

    @Override
    public void print(BsonDocument event) {
        if (array) {
            out.println(any ? "," : "[");
            out.print(event.toJson(RELAXED));
        } else {
            out.println(event.toJson(RELAXED));
        }
        any = true;
    }

    @Override
    public void end() {
        if (array) {
            out.println(any ? "\n]" : "[]");
        }
    }
}

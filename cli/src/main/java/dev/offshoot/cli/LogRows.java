package dev.offshoot.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Commits and versions of documents as lines for people. What clients say of themselves cannot steer a terminal. */
final class LogRows {
    private LogRows() {}

    /** Who did what when, where, and what they said about it. */
    static String head(BsonDocument row) {
        List<String> words = new ArrayList<>();
        words.add(lsns(row));
        if (row.containsKey("at")) {
            words.add(time(row));
            words.add(plain(text(row, "actor")));
            words.add(text(row, "command"));
        }
        return String.join("  ", words);
    }

    static String time(BsonDocument row) {
        return Instant.ofEpochMilli(row.getDateTime("at").getValue()).toString();
    }

    private static String lsns(BsonDocument row) {
        long first = row.getInt64("lsn").getValue();
        long last = row.containsKey("last_lsn") ? row.getInt64("last_lsn").getValue() : first;
        return first == last ? Long.toString(first) : first + "-" + last;
    }

    /** A commit in one line. */
    static String commit(BsonDocument row) {
        List<String> words = new ArrayList<>();
        words.add(head(row));
        words.add(text(row, "branch"));
        String names = names(row);
        if (!names.isEmpty()) {
            words.add(names);
        }
        for (String source : List.of("merged", "reset_to")) {
            if (row.containsKey(source)) {
                BsonDocument position = row.getDocument(source);
                words.add(source.replace('_', ' ') + " " + text(position, "branch") + "~"
                        + position.getInt64("lsn").getValue());
            }
        }
        if (row.containsKey("picked")) {
            BsonDocument picked = row.getDocument("picked");
            words.add("picked " + text(picked, "branch") + "~"
                    + picked.getInt64("lsn").getValue());
        }
        String message = message(row);
        return String.join("  ", words) + (message.isEmpty() ? "" : "  " + message);
    }

    private static String names(BsonDocument row) {
        return Stream.concat(list(row, "changes"), list(row, "definitions"))
                .map(each -> text(each, "ns"))
                .distinct()
                .collect(Collectors.joining(","));
    }

    /** What they said, in one line. */
    static String message(BsonDocument row) {
        return plain(text(row, "message"));
    }

    /** How many documents of which collections a commit touched, and what it did to collections and indexes. */
    static List<String> stat(BsonDocument row) {
        List<String> lines = new ArrayList<>();
        list(row, "changes").forEach(change -> {
            List<String> counts = new ArrayList<>();
            for (String op : List.of("inserted", "updated", "deleted")) {
                long count = change.getInt64(op).getValue();
                if (count > 0) {
                    counts.add(count + " " + op);
                }
            }
            lines.add("    " + text(change, "ns") + ": " + String.join(", ", counts));
        });
        list(row, "definitions").forEach(made -> {
            String detail = made.containsKey("from")
                    ? " from " + text(made, "from")
                    : made.containsKey("index") ? " " + text(made, "index") : "";
            lines.add("    " + text(made, "ns") + ": " + text(made, "op") + detail);
        });
        return lines;
    }

    /** What became of each document. */
    static List<String> patch(BsonDocument row) {
        BsonValue edits = row.get("edits");
        if (edits == null || !edits.isArray()) {
            return List.of("    (what it did to each document is no longer kept)");
        }
        List<String> lines = new ArrayList<>();
        for (BsonValue each : edits.asArray()) {
            BsonDocument edit = each.asDocument();
            String name = text(edit, "ns");
            switch (text(edit, "op")) {
                case "inserted" -> lines.add("    + " + name + " " + DiffText.json(edit.get("after")));
                case "deleted" -> lines.add("    - " + name + " " + DiffText.json(edit.get("before")));
                default -> {
                    lines.add("    ~ " + name + " _id " + DiffText.json(edit.get("_id"))
                            + (edit.containsKey("too_large") ? " (too large to show)" : ""));
                    list(edit, "fields").forEach(field -> lines.add("  " + DiffText.line(field)));
                }
            }
        }
        return lines;
    }

    private static Stream<BsonDocument> list(BsonDocument row, String field) {
        return row.getArray(field, new BsonArray()).stream().map(BsonValue::asDocument);
    }

    static String text(BsonDocument row, String field) {
        return row.getString(field, new BsonString("")).getValue();
    }

    /** In one line, without what steers a terminal. */
    static String plain(String text) {
        return text.replaceAll("\\p{Cc}+", " ");
    }
}

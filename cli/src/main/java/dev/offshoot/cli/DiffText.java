package dev.offshoot.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.jspecify.annotations.Nullable;

/**
 * Events for people: a heading for each collection, below it a line for each thing with {@code +}, {@code -} or {@code ~}, below what changed
 * its fields. Long values are cut. Counts are a table at the end. Nothing where nothing differs.
 */
final class DiffText implements DiffPrinter {
    private static final int VALUE_CHARS_MAX = 200;
    private static final List<String> COUNTS = List.of("added", "removed", "changed");
    private static final List<String> COLUMNS = List.of("collection", "added", "removed", "changed", "metadata");

    private static final JsonWriterSettings RELAXED =
            JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();
    /** With the type of each number. */
    private static final JsonWriterSettings TYPED =
            JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

    private final PrintStream out;
    private final List<Map<String, Object>> counts = new ArrayList<>();
    private @Nullable String heading;
    private String collection = "";

    /** @param heading what is compared, printed before the first difference */
    DiffText(PrintStream out, String heading) {
        this.out = out;
        this.heading = heading;
    }

    @Override
    public void print(BsonDocument event) {
        if (heading != null) {
            out.println(heading);
            heading = null;
        }
        if (is(event, "what", "stat")) {
            counts.add(count(event));
            return;
        }
        boolean whole = is(event, "what", "collection") || is(event, "what", "view");
        String name = text(event, "collection");
        if (whole) {
            out.println(sign(event) + " " + text(event, "what") + " " + name + story(event));
        } else if (!name.equals(collection)) {
            out.println("  collection " + name);
        }
        collection = name;
        if (!whole) {
            thing(event);
        }
    }

    /** What became of a collection or view. */
    private static String story(BsonDocument event) {
        return switch (text(event, "op")) {
            case "renamed" -> ", renamed from " + text(event, "from");
            case "replaced" -> ", dropped and made again";
            case "added" -> " " + json(event.get("after"));
            default -> "";
        };
    }

    /** A document, an option or an index. */
    private void thing(BsonDocument event) {
        if (event.containsKey("part")) {
            parts(event);
            return;
        }
        BsonValue side = event.get(is(event, "op", "added") ? "after" : "before");
        boolean document = is(event, "what", "document");
        String name = document ? "" : text(event, "what") + " " + text(event, "name") + " ";
        if (!is(event, "op", "changed")) {
            out.println("  " + sign(event) + " " + name + json(side));
        } else if (event.containsKey("fields")) {
            out.println("  ~ " + (document ? json(event.get("_id")) : name.stripTrailing()));
            event.getArray("fields").forEach(field -> out.println(line(field.asDocument())));
        } else if (document) {
            String[] both = both(event);
            out.println("  - " + both[0]);
            out.println("  + " + both[1]);
        } else {
            out.println("  ~ " + name + String.join(" -> ", both(event)));
        }
    }

    /** Too large to be sent in one piece, so too large to read here. */
    private void parts(BsonDocument event) {
        if (event.getInt32("part").getValue() == 1) {
            String name = event.containsKey("_id") ? json(event.get("_id")) : text(event, "what");
            out.println("  " + sign(event) + " " + name + " (too large to show here: -o json)");
        }
    }

    /** What became of a field. */
    static String line(BsonDocument field) {
        String path = text(field, "path");
        String name = path.isEmpty() ? "(all of it)" : path;
        return switch (text(field, "op")) {
            case "added" -> "    + " + name + ": " + json(field.get("after"));
            case "removed" -> "    - " + name + ": " + json(field.get("before"));
            case "moved" -> "    ~ " + name + " moved to place " + json(field.get("position"));
            default -> "    ~ " + name + ": " + String.join(" -> ", both(field));
        };
    }

    /** Before and after; with their types where they read the same without, as 1 and {@code NumberLong(1)}. */
    private static String[] both(BsonDocument change) {
        BsonValue before = change.get("before");
        BsonValue after = change.get("after");
        boolean alike = json(before).equals(json(after));
        JsonWriterSettings form = alike ? TYPED : RELAXED;
        return new String[] {json(before, form), json(after, form)};
    }

    private static String sign(BsonDocument event) {
        return switch (text(event, "op")) {
            case "added" -> "+";
            case "removed" -> "-";
            default -> "~";
        };
    }

    private static Map<String, Object> count(BsonDocument event) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("collection", text(event, "collection"));
        COUNTS.forEach(name -> row.put(name, event.getNumber(name).longValue()));
        row.put("metadata", event.getBoolean("metadata").getValue() ? "changed" : "");
        return row;
    }

    @Override
    public void end() {
        if (!counts.isEmpty()) {
            Table.of(COLUMNS, counts).forEach(out::println);
            List<String> sums = COUNTS.stream()
                    .map(name -> counts.stream()
                                    .mapToLong(row -> (Long) row.get(name))
                                    .sum()
                            + " " + name)
                    .toList();
            out.println(counts.size()
                    + (counts.size() == 1 ? " collection: " : " collections: ")
                    + String.join(", ", sums));
        }
    }

    private static boolean is(BsonDocument event, String field, String value) {
        return text(event, field).equals(value);
    }

    private static String text(BsonDocument event, String field) {
        return event.containsKey(field) ? event.getString(field).getValue() : "";
    }

    /** A value, cut where it is long. */
    static String json(@Nullable BsonValue value) {
        return json(value, RELAXED);
    }

    private static String json(@Nullable BsonValue value, JsonWriterSettings form) {
        if (value == null) {
            return "";
        }
        String wrapped = new BsonDocument("v", value).toJson(form);
        String text = wrapped.substring("{\"v\": ".length(), wrapped.length() - 1);
        if (text.length() <= VALUE_CHARS_MAX) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(VALUE_CHARS_MAX - 1)) ? VALUE_CHARS_MAX - 1 : VALUE_CHARS_MAX;
        return text.substring(0, end) + "... (" + text.length() + " characters)";
    }
}

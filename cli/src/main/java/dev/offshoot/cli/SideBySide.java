package dev.offshoot.cli;

import com.mongodb.client.MongoDatabase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** Compares collections of two databases by plain queries, document by document. For small data: it reads both sides. */
final class SideBySide {
    private SideBySide() {}

    /** One line for each document that differs. */
    static List<String> differences(MongoDatabase left, MongoDatabase right, List<String> collections) {
        List<String> lines = new ArrayList<>();
        for (String collection : collections) {
            compare(collection, byId(left, collection), byId(right, collection), lines);
        }
        return lines;
    }

    private static Map<BsonValue, BsonDocument> byId(MongoDatabase db, String collection) {
        Map<BsonValue, BsonDocument> found = new LinkedHashMap<>();
        db.getCollection(collection, BsonDocument.class)
                .find()
                .forEach(document -> found.put(document.get("_id"), document));
        return found;
    }

    private static void compare(
            String collection,
            Map<BsonValue, BsonDocument> left,
            Map<BsonValue, BsonDocument> right,
            List<String> lines) {
        left.forEach((id, before) -> {
            BsonDocument after = right.get(id);
            if (after == null) {
                lines.add("- " + collection + " " + text(id));
            } else if (!before.equals(after)) {
                lines.add("~ " + collection + " " + text(id) + ": " + fields(before, after));
            }
        });
        right.forEach((id, after) -> {
            if (!left.containsKey(id)) {
                lines.add("+ " + collection + " " + text(id) + ": " + after.toJson());
            }
        });
    }

    private static String fields(BsonDocument before, BsonDocument after) {
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        List<String> changed = new ArrayList<>();
        for (String name : names) {
            if (!Objects.equals(before.get(name), after.get(name))) {
                changed.add(name + " " + text(before.get(name)) + " -> " + text(after.get(name)));
            }
        }
        return String.join(", ", changed);
    }

    private static String text(@Nullable BsonValue value) {
        if (value == null) {
            return "(none)";
        }
        if (value.isDecimal128()) {
            return value.asDecimal128().getValue().toString();
        }
        String wrapped = new BsonDocument("v", value).toJson();
        return wrapped.substring("{\"v\": ".length(), wrapped.length() - 1);
    }
}

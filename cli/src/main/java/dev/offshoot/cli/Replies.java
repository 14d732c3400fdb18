package dev.offshoot.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Replies of the engine as plain values: texts, numbers, lists and maps; times as ISO texts. */
final class Replies {
    private Replies() {}

    /** Only these fields, in this order; one that the reply lacks is null. */
    static Map<String, Object> fields(Document reply, List<String> names) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (String name : names) {
            fields.put(name, plain(reply.get(name)));
        }
        return fields;
    }

    static List<Map<String, Object>> rows(List<Document> replies, List<String> names) {
        return replies.stream().map(reply -> fields(reply, names)).toList();
    }

    /** {@code 1 commit}, {@code 2 commits}. */
    static String count(Number number, String noun) {
        return number + " " + noun + (number.longValue() == 1 ? "" : "s");
    }

    /** The same of a number that a reply has; one that lacks it has none of them. */
    static String count(Document reply, String field, String noun) {
        return count(number(reply, field), noun);
    }

    /** A number that a reply has, or 0. */
    static long number(Document reply, String field) {
        return reply.get(field) instanceof Number number ? number.longValue() : 0;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Date time) {
            return time.toInstant().toString();
        }
        if (value instanceof BsonTimestamp time) {
            return Instant.ofEpochSecond(Integer.toUnsignedLong(time.getTime())).toString();
        }
        if (value instanceof Document inner) {
            return fields(inner, List.copyOf(inner.keySet()));
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        return value == null || value instanceof Number || value instanceof Boolean ? value : value.toString();
    }
}

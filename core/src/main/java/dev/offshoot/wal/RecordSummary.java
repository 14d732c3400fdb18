package dev.offshoot.wal;

import com.github.luben.zstd.ZstdException;
import dev.offshoot.bson.BsonFormatException;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a record says, without its changes.
 *
 * @param time a BSON timestamp
 * @param millis wall clock, milliseconds since 1970
 * @param groups what was done, by who did it
 */
public record RecordSummary(long firstLsn, long lastLsn, long time, long millis, List<Group> groups) {
    /**
     * The changes of one origin.
     *
     * @param changes how many there are of each kind, by the kind's name
     */
    public record Group(Origin origin, Map<String, Long> changes) {}

    /**
     * Reads the header of a record.
     *
     * @throws CorruptionException when it is none
     */
    public static RecordSummary of(LogRecord entry) {
        try {
            Doc header = Doc.of(entry.header());
            List<Group> groups = new ArrayList<>();
            for (Doc.Field field : need(header, "commits").asDoc()) {
                groups.add(group(field.value().asDoc()));
            }
            return new RecordSummary(
                    entry.firstLsn(),
                    entry.lastLsn(),
                    need(header, "time").asInt64(),
                    need(header, "at").asInt64(),
                    groups);
        } catch (BsonFormatException | IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
            throw new CorruptionException(
                    "record at LSN " + entry.firstLsn() + ": its header does not decode: " + e.getMessage());
        }
    }

    /**
     * The length of what a record's payload holds, before it was compressed.
     *
     * @throws CorruptionException when it cannot be had
     */
    public static long contentBytes(LogRecord entry) {
        try {
            return RecordCodec.decompress(entry.payload()).length;
        } catch (ZstdException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new CorruptionException(
                    "record at LSN " + entry.firstLsn() + " does not decompress: " + e.getMessage());
        }
    }

    private static Group group(Doc commit) {
        Map<String, Long> changes = new LinkedHashMap<>();
        for (Doc.Field operation : need(commit, "ops").asDoc()) {
            changes.put(operation.name(), operation.value().toLong());
        }
        Origin origin = new Origin(
                text(commit, "actor"),
                text(commit, "command"),
                text(commit, "branch"),
                text(commit, "ns"),
                text(commit, "msg"));
        return new Group(origin, changes);
    }

    private static Value need(Doc doc, String name) {
        return Objects.requireNonNull(doc.get(name), name);
    }

    private static String text(Doc doc, String name) {
        @Nullable Value value = doc.get(name);
        return value == null ? "" : value.asString();
    }
}

package dev.offshoot.archive;

import dev.offshoot.bson.BsonFormatException;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/**
 * What of a project an archive is sure to hold: written last, so that all it tells of is there.
 *
 * @param project the project's name
 * @param log the id of its log in the store it came from
 * @param through the last LSN
 * @param atMillis when it was written, milliseconds since 1970
 */
public record ArchiveIndex(String project, String log, long through, long atMillis) {
    private static final String SUFFIX = "/index";

    static String name(String project) {
        return project + SUFFIX;
    }

    /** The project that the index of this name is about; null when the name is not that of an index. */
    static @Nullable String projectOf(String name) {
        int at = name.length() - SUFFIX.length();
        return at > 0 && name.endsWith(SUFFIX) && name.indexOf('/') == at ? name.substring(0, at) : null;
    }

    byte[] seal() {
        byte[] content = new DocBuilder()
                .append("project", project)
                .append("log", log)
                .append("through", through)
                .appendDate("at", atMillis)
                .build();
        return Sealed.seal(Sealed.Kind.INDEX, content);
    }

    /** @throws dev.offshoot.store.CorruptionException when this is not the project's index */
    static ArchiveIndex open(String project, byte[] bytes) {
        String name = name(project);
        Doc doc = Doc.of(Sealed.open(name, Sealed.Kind.INDEX, bytes));
        try {
            return new ArchiveIndex(
                    need(name, doc, "project").asString(),
                    need(name, doc, "log").asString(),
                    need(name, doc, "through").asInt64(),
                    need(name, doc, "at").asInt64());
        } catch (BsonFormatException e) {
            throw Sealed.damaged(name, "expected a document, found bytes that are none: " + e.getMessage());
        }
    }

    private static Value need(String name, Doc doc, String field) {
        Value value = doc.get(field);
        if (value == null) {
            throw Sealed.damaged(name, "expected the field '" + field + "', found " + doc);
        }
        return value;
    }
}

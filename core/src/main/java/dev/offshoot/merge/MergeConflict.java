package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that a merge could not decide. Immutable.
 *
 * @param collection its name on our side, or on theirs where it is only there
 * @param id the {@code _id} of the document; of a {@link ConflictType#UNIQUE_KEY_COLLISION} that of their document. Null where it is about
 *     a collection
 * @param path what of a collection: {@code name}, {@code options.validator}, {@code indexes.sku_1}, empty for all of it; of a collision the
 *     name of the index; else empty
 * @param fields the places in the document, for {@link ConflictType#DOCUMENT_EDIT}
 * @param sides what is there; null for nothing. Of a collision, ours is the document that has the key and theirs the one that would get
 *     it, wherever they come from
 * @param reason what happened, for people
 */
public record MergeConflict(
        ConflictType type,
        String collection,
        @Nullable Value id,
        String path,
        List<DocPath> fields,
        Versions<Side> sides,
        String reason) {
    private static final int FINGERPRINT_BYTES = 16;

    /** Whose state something is in. */
    public enum Of {
        BASE,
        OURS,
        THEIRS
    }

    /**
     * What is there on one side.
     *
     * @param place where the document is; null where the value is not a document of a collection
     */
    public record Side(@Nullable Place place, Value value) {}

    /** Where a document is: in which state, by the ids of its collection and of its record. */
    public record Place(Of of, long collection, long record) {}

    /** What the conflict is about, whatever its sides have: two conflicts of one merge have different keys. */
    public String key() {
        MessageDigest digest = sha256();
        update(digest, type.word(), collection, path);
        update(digest, id);
        if (type == ConflictType.UNIQUE_KEY_COLLISION) {
            Side holder = sides.ours();
            update(digest, holder == null ? null : holder.value().asDoc().get("_id"));
        }
        return hex(digest);
    }

    /** Tells whether the three sides are still the same. */
    public String fingerprint() {
        MessageDigest digest = sha256();
        for (Side side : Arrays.asList(sides.base(), sides.ours(), sides.theirs())) {
            update(digest, side == null ? null : side.value());
        }
        return hex(digest);
    }

    /** Whether the conflict is about documents, and not about a collection. */
    public boolean isOfDocuments() {
        return id != null;
    }

    /** Whether it can be decided like this. */
    public boolean takes(Resolution resolution) {
        Value value = resolution.value();
        return switch (resolution.take()) {
            case OURS, THEIRS -> true;
            case DROP -> isOfDocuments() || !path.equals("name");
            case BASE -> type != ConflictType.UNIQUE_KEY_COLLISION && (isOfDocuments() || !path.isEmpty());
            case VALUE ->
                value != null
                        && (isOfDocuments()
                                ? value.isDocument()
                                : path.equals("name") ? value.isString() : path.startsWith("options."));
        };
    }

    /** The places in the document as an array of texts. */
    Doc fieldTexts() {
        DocBuilder array = new DocBuilder();
        fields.forEach(field -> array.add(field.toString()));
        return array.buildDoc();
    }

    private static void update(MessageDigest digest, String... texts) {
        for (String text : texts) {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
    }

    private static void update(MessageDigest digest, @Nullable Value value) {
        digest.update((byte) (value == null ? Bson.UNDEFINED : value.type()));
        if (value != null) {
            digest.update(value.bytes(), value.offset(), value.length());
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}

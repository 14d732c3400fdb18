package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.Validator;
import org.jspecify.annotations.Nullable;

/**
 * What a collection or a view was made with, as the log keeps it. Whether it makes sense was checked before it was logged, so
 * nothing here fails on what is not understood. Immutable but for the validator, which is compiled when it is first asked for; safe
 * to share.
 */
public final class CollectionOptions {
    /** The name under which the log keeps the collection's uuid among its options. */
    public static final String UUID = "uuid";

    static final CollectionOptions NONE = new CollectionOptions(Doc.EMPTY);

    private final Doc source;
    private final @Nullable String viewOn;
    private final long cappedBytes;
    private final long cappedDocuments;
    private final Collation collation;
    private volatile @Nullable Validator validator;

    private CollectionOptions(Doc source) {
        this.source = source;
        Value collated = source.get("collation");
        this.collation = Collation.of(collated == null ? null : collated.asDoc());
        Value on = source.get("viewOn");
        this.viewOn = on == null ? null : on.asString();
        Value capped = source.get("capped");
        boolean isCapped = capped != null && capped.isTruthy();
        this.cappedBytes = isCapped ? number("size") : 0;
        this.cappedDocuments = isCapped ? number("max") : 0;
    }

    /** Reads them; nothing is checked. */
    public static CollectionOptions of(Doc source) {
        return new CollectionOptions(source);
    }

    /** The options in the order they are answered, and the uuid. */
    public Doc source() {
        return source;
    }

    /** The collection or view that this view reads; null when it is not a view. */
    public @Nullable String viewOn() {
        return viewOn;
    }

    /** The stages of a view: an array, empty when it is not a view or has none. */
    public Doc pipeline() {
        Value pipeline = source.get("pipeline");
        return pipeline == null ? Doc.EMPTY : pipeline.asDoc();
    }

    /** How strings compare where a command or an index does not say. */
    public Collation collation() {
        return collation;
    }

    public boolean isCapped() {
        return cappedBytes > 0;
    }

    /** How many bytes of documents a capped collection holds at most; 0 when it is not capped. */
    public long cappedBytes() {
        return cappedBytes;
    }

    /** How many documents a capped collection holds at most; 0 for no limit. */
    public long cappedDocuments() {
        return cappedDocuments;
    }

    /** What documents are checked with, or null where any will do. */
    public @Nullable Validator validator() {
        Value rules = source.get("validator");
        if (rules == null || rules.asDoc().isEmpty()) {
            return null;
        }
        Validator compiled = validator;
        if (compiled == null) {
            compiled = Validator.compile(rules.asDoc(), collation);
            validator = compiled; // two threads may compile the same
        }
        return compiled;
    }

    /** Which documents are checked: {@code strict}, {@code moderate} or {@code off}. */
    public String validationLevel() {
        return text("validationLevel", "strict");
    }

    /** What becomes of a document that fails: {@code error} or {@code warn}. */
    public String validationAction() {
        return text("validationAction", "error");
    }

    private String text(String option, String otherwise) {
        Value value = source.get(option);
        return value == null ? otherwise : value.asString();
    }

    private long number(String option) {
        Value value = source.get(option);
        return value == null ? 0 : value.toLong();
    }
}

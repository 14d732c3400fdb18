package dev.offshoot.merge;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.stream.Collectors;

/** When changes of both sides to one document are a conflict. {@link DocumentMerge} has the exact rules. */
public enum MergeMode {
    /** Both sides changed the document. */
    DOCUMENT_TOUCHED("documentTouched"),
    /** Both sides changed the same field, also when they came to the same value. */
    FIELD_TOUCHED("fieldTouched"),
    /** Both sides changed the same field, and came to different values. */
    FIELD_DIVERGENT("fieldDivergent"),
    /** Both sides changed the document, and came to different documents. */
    DOCUMENT_DIVERGENT("documentDivergent");

    private final String word;

    MergeMode(String word) {
        this.word = word;
    }

    /** As in commands and on the command line: {@code fieldTouched}. */
    public String word() {
        return word;
    }

    /** Whether it is about whole documents. */
    boolean isOfDocuments() {
        return this == DOCUMENT_TOUCHED || this == DOCUMENT_DIVERGENT;
    }

    /** Whether the same change on both sides is no conflict. */
    boolean isDivergent() {
        return this == FIELD_DIVERGENT || this == DOCUMENT_DIVERGENT;
    }

    /**
     * The mode of this word.
     *
     * @throws CommandException where there is none
     */
    public static MergeMode named(String word) {
        return Arrays.stream(values())
                .filter(mode -> mode.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ErrorCode.BAD_VALUE,
                        "merge mode '" + word + "' is unknown; there are "
                                + Arrays.stream(values()).map(MergeMode::word).collect(Collectors.joining(", "))));
    }
}

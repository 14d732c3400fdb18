package dev.offshoot.merge;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What it is that a merge could not decide. */
public enum ConflictType {
    /** Both sides changed or inserted a document, and the rules of its collection do not say what comes of it. */
    DOCUMENT_EDIT("documentEdit"),
    /** One side removed what the other one changed: a document, or a collection or view as a whole. */
    DELETE_VERSUS_EDIT("deleteVersusEdit"),
    /** Two documents would have the same key of a unique index, though each side's indexes are sound. */
    UNIQUE_KEY_COLLISION("uniqueKeyCollision"),
    /** Both sides changed a collection's name or kind, one of its options, or an index, each in its way. */
    METADATA("metadata"),
    /** A document may not be stored as it would be after the merge: by the validator, or by an index. */
    VALIDATION("validation");

    private final String word;

    ConflictType(String word) {
        this.word = word;
    }

    /** As in documents and on the command line: {@code documentEdit}. */
    public String word() {
        return word;
    }

    /**
     * The type of this word.
     *
     * @throws CommandException where there is none
     */
    public static ConflictType named(String word) {
        return Arrays.stream(values())
                .filter(type -> type.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ErrorCode.BAD_VALUE,
                        "conflict type '" + word + "' is unknown; there are "
                                + Arrays.stream(values())
                                        .map(ConflictType::word)
                                        .collect(Collectors.joining(", "))));
    }
}

package dev.offshoot.merge;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What becomes of a field that both sides changed. {@link DocumentMerge} has the exact rules. */
public enum MergeStrategy {
    /** What our side has, also where that is nothing. */
    OURS,
    /** What their side has, also where that is nothing. */
    THEIRS,
    /** The larger one, in MongoDB's order of all values. */
    MAX,
    /** The smaller one, in MongoDB's order of all values. */
    MIN,
    /** A counter: what both sides added to it or took from it. */
    SUM,
    /** An array that is a set: what either side added, without what either side removed. */
    UNION;

    /** As in commands and on the command line: {@code ours}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The strategy of this word.
     *
     * @throws CommandException where there is none
     */
    public static MergeStrategy named(String word) {
        return Arrays.stream(values())
                .filter(strategy -> strategy.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ErrorCode.BAD_VALUE,
                        "merge strategy '" + word + "' is unknown; there are "
                                + Arrays.stream(values())
                                        .map(MergeStrategy::word)
                                        .collect(Collectors.joining(", "))));
    }
}

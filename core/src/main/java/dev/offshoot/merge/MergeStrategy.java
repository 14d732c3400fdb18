package dev.offshoot.merge;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What becomes of a field that both sides changed. {@link DocumentMerge} has the exact rules. */
public enum MergeStrategy {
    /** What our side has, also where that is nothing. */
    OURS,
    /** What their side has, also where that is nothing. */
    THEIRS,
    /** What the base has, also where that is nothing: what both sides did is undone. */
    BASE,
    /** The larger one, in MongoDB's order of all values. */
    MAX,
    /** The smaller one, in MongoDB's order of all values. */
    MIN,
    /** A counter: what both sides added to it or took from it. */
    SUM,
    /** An array that is a set: what either side added, without what either side removed. */
    UNION;

    /** Whether it takes one of the three versions as it is. */
    boolean isSide() {
        return this == OURS || this == THEIRS || this == BASE;
    }

    /** The version that it takes, if it {@link #isSide}. */
    <T> @Nullable T of(@Nullable T base, @Nullable T ours, @Nullable T theirs) {
        return this == OURS ? ours : this == THEIRS ? theirs : base;
    }

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

package dev.offshoot.merge;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a conflict is decided.
 *
 * @param value what is to be there, for {@link Take#VALUE}; else null
 */
public record Resolution(Take take, @Nullable Value value) {
    public static final Resolution OURS = new Resolution(Take.OURS, null);
    public static final Resolution THEIRS = new Resolution(Take.THEIRS, null);
    public static final Resolution BASE = new Resolution(Take.BASE, null);
    public static final Resolution DROP = new Resolution(Take.DROP, null);

    public Resolution {
        if ((take == Take.VALUE) != (value != null)) {
            throw new IllegalArgumentException("a resolution by " + take.word() + " with value " + value);
        }
    }

    /** What it goes by. */
    public enum Take {
        OURS,
        THEIRS,
        /** What was there before either side changed it. */
        BASE,
        /** Nothing: what the conflict is about is not there after the merge. */
        DROP,
        VALUE;

        /** As in commands and on the command line: {@code ours}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * What this word means.
         *
         * @throws CommandException where it is none
         */
        public static Take named(String word) {
            return Arrays.stream(values())
                    .filter(take -> take.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new CommandException(
                            ErrorCode.BAD_VALUE,
                            "a conflict cannot be resolved by '" + word + "'; there are "
                                    + Arrays.stream(values())
                                            .filter(take -> take != VALUE)
                                            .map(Take::word)
                                            .collect(Collectors.joining(", "))
                                    + " and none; a value of your own stands in 'value' instead"));
        }
    }

    /** The resolution that gives this value. */
    public static Resolution of(Value value) {
        return new Resolution(Take.VALUE, value);
    }

    /** The resolution by anything but a value. */
    public static Resolution by(Take take) {
        return new Resolution(take, null);
    }
}

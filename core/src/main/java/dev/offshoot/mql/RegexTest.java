package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * $regex: a string or symbol in which the pattern is found, or a value that is the same regular expression. A pattern that
 * takes too many steps on a string is the client's error, as MongoDB's match limit is.
 */
final class RegexTest extends ElementTest {
    /** PCRE's default match limit; a step here is a look at a character. */
    private static final long STEPS_MAX = 10_000_000;

    /** MongoDB's limit for the text of a pattern. */
    private static final int LENGTH_MAX = 32764;

    private final byte[] source;
    private final byte[] options;
    private final Pattern pattern;
    private final @Nullable String prefix;

    private RegexTest(String source, String options) {
        this.source = source.getBytes(StandardCharsets.UTF_8);
        this.options = options.getBytes(StandardCharsets.UTF_8);
        this.pattern = compile(source, options);
        this.prefix = PcreSyntax.literalPrefix(source, options);
    }

    static RegexTest of(String source, String options) {
        if (source.length() > LENGTH_MAX) {
            throw new CommandException(
                    ErrorCode.location(51091), "Regular expression is invalid: regular expression is too large");
        }
        if (source.indexOf('\0') >= 0) {
            throw new CommandException(ErrorCode.BAD_VALUE, "Regular expression cannot contain an embedded null byte");
        }
        return new RegexTest(source, options);
    }

    /** From a value of type regular expression. */
    static RegexTest of(Value regex) {
        return of(source(regex), options(regex));
    }

    static String source(Value regex) {
        int nul = Bson.nul(regex.bytes(), regex.offset());
        return new String(regex.bytes(), regex.offset(), nul - regex.offset(), StandardCharsets.UTF_8);
    }

    static String options(Value regex) {
        int start = Bson.nul(regex.bytes(), regex.offset()) + 1;
        return new String(regex.bytes(), start, regex.offset() + regex.length() - 1 - start, StandardCharsets.UTF_8);
    }

    /** The one regular expression that matches as a value, by being the same. */
    Value value() {
        byte[] bytes = Arrays.copyOf(source, source.length + options.length + 2);
        System.arraycopy(options, 0, bytes, source.length + 1, options.length);
        return Value.view(Bson.REGEX, bytes, 0);
    }

    /** What every string that matches begins with, or null where nothing is certain. */
    @Nullable
    String prefix() {
        return prefix;
    }

    static Pattern compile(String source, String options) {
        int flags = Pattern.UNIX_LINES | Pattern.UNICODE_CASE;
        for (int i = 0; i < options.length(); i++) {
            flags |= switch (options.charAt(i)) {
                case 'i' -> Pattern.CASE_INSENSITIVE;
                case 'm' -> Pattern.MULTILINE;
                case 's' -> Pattern.DOTALL;
                case 'x' -> Pattern.COMMENTS;
                case 'u' -> 0;
                default ->
                    throw new CommandException(
                            ErrorCode.location(51108), "invalid flag in regex options: " + options.charAt(i));
            };
        }
        try {
            return Pattern.compile(PcreSyntax.toJava(source, (flags & Pattern.COMMENTS) != 0), flags);
        } catch (PatternSyntaxException e) {
            throw new CommandException(
                    ErrorCode.location(51091), "Regular expression is invalid: " + e.getDescription());
        } catch (StackOverflowError e) {
            throw new CommandException(
                    ErrorCode.location(51091), "Regular expression is invalid: parentheses are too deeply nested");
        }
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        return switch (type) {
            case Bson.STRING, Bson.SYMBOL -> found(bytes, offset);
            case Bson.REGEX -> isSame(bytes, offset);
            default -> false;
        };
    }

    /** A text that ends a search which takes too many steps; to look at each character once is none of them. */
    static CharSequence limited(String text) {
        return new CountedText(text, 0, text.length(), new long[] {STEPS_MAX + text.length()});
    }

    private boolean found(byte[] bytes, int offset) {
        String text = new String(bytes, offset + 4, Bson.int32(bytes, offset) - 1, StandardCharsets.UTF_8);
        try {
            return pattern.matcher(limited(text)).find();
        } catch (StackOverflowError e) {
            // Java's matcher recurses for each repetition of a group, however harmless the pattern.
            throw tooExpensive("recursion limit exceeded");
        }
    }

    private boolean isSame(byte[] bytes, int offset) {
        int nul = Bson.nul(bytes, offset);
        return Arrays.equals(bytes, offset, nul, source, 0, source.length)
                && Arrays.equals(bytes, nul + 1, Bson.nul(bytes, nul + 1), options, 0, options.length);
    }

    private static CommandException tooExpensive(String reason) {
        return new CommandException(
                ErrorCode.location(51156), "Error occurred while executing regular expression. Result code: " + reason);
    }

    /** Text that lets itself be looked at only so often. */
    private record CountedText(String text, int start, int end, long[] stepsLeft) implements CharSequence {
        @Override
        public char charAt(int index) {
            if (--stepsLeft[0] < 0) {
                throw tooExpensive("match limit exceeded");
            }
            return text.charAt(start + index);
        }

        @Override
        public int length() {
            return end - start;
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return new CountedText(text, start + from, start + to, stepsLeft);
        }

        @Override
        public String toString() {
            return text.substring(start, end);
        }
    }
}

package dev.offshoot.mql;

import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a regular expression of PCRE into Java's dialect where the two mean different things by the same text: literal
 * {@code [}, {@code &&} and blanks in a class, POSIX classes, {@code ]} as the first of a class, literal braces, and names in the
 * manner of Python, {@code \b}, which in Java depends on its version, and options inside of a pattern, of which some are other ones in
 * Java. What Java has no word for (recursion, conditions, {@code \K}) stays and fails to compile.
 */
final class PcreSyntax {
    private static final String[][] POSIX = {
        {"alpha", "\\p{Alpha}"}, {"digit", "\\p{Digit}"}, {"alnum", "\\p{Alnum}"}, {"upper", "\\p{Upper}"},
        {"lower", "\\p{Lower}"}, {"punct", "\\p{Punct}"}, {"graph", "\\p{Graph}"}, {"print", "\\p{Print}"},
        {"blank", "\\p{Blank}"}, {"cntrl", "\\p{Cntrl}"}, {"xdigit", "\\p{XDigit}"}, {"space", "\\s"},
        {"word", "\\w"}
    };

    /** Characters of words are ASCII, unless the pattern begins with {@code (*UCP)}. */
    private static final String BOUNDARY = "(?:(?<=\\w)(?!\\w)|(?<!\\w)(?=\\w))";

    private static final String NO_BOUNDARY = "(?:(?<=\\w)(?=\\w)|(?<!\\w)(?!\\w))";

    private static final String INLINE_OPTIONS = "imsx-";

    private final String pattern;
    private final boolean extended;
    private boolean unicode;
    private final StringBuilder java = new StringBuilder();
    private int at;

    private PcreSyntax(String pattern, boolean extended) {
        this.pattern = pattern;
        this.extended = extended;
    }

    /** The pattern for Java; {@code extended} is option x, in which blanks outside of classes mean nothing. */
    static String toJava(String pattern, boolean extended) {
        return new PcreSyntax(pattern, extended).translate();
    }

    private String translate() {
        while (skip("(*UTF8)") || skip("(*UTF)") || ucp()) {
            // Text is Unicode here in any case.
        }
        if (unicode) {
            java.append("(?U)");
        }
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c == '\\') {
                escape();
            } else if (c == '[') {
                characterClass();
            } else if (c == '{') {
                brace();
            } else if (c == '}') {
                java.append("\\}");
                at++;
            } else if (c == '#' && extended) {
                int end = pattern.indexOf('\n', at);
                at = end < 0 ? pattern.length() : end + 1;
            } else if (pattern.startsWith("(?#", at) && pattern.indexOf(')', at) > 0) {
                at = pattern.indexOf(')', at) + 1;
            } else if (!pythonName()) {
                checkOptions();
                java.append(c);
                at++;
            }
        }
        return java.toString();
    }

    private boolean ucp() {
        boolean here = skip("(*UCP)");
        unicode |= here;
        return here;
    }

    /** Refuses options in {@code (?...)} that Java does not have, or has for something else. */
    private void checkOptions() {
        if (!pattern.startsWith("(?", at)) {
            return;
        }
        int end = at + 2;
        while (end < pattern.length() && (Character.isLetter(pattern.charAt(end)) || pattern.charAt(end) == '-')) {
            end++;
        }
        if (end == pattern.length() || (pattern.charAt(end) != ')' && pattern.charAt(end) != ':')) {
            return;
        }
        for (int i = at + 2; i < end; i++) {
            if (INLINE_OPTIONS.indexOf(pattern.charAt(i)) < 0) {
                throw new PatternSyntaxException("(?" + pattern.charAt(i) + ") is not supported", pattern, i);
            }
        }
    }

    private boolean skip(String word) {
        boolean here = pattern.startsWith(word, at);
        at += here ? word.length() : 0;
        return here;
    }

    private void escape() {
        if (!unicode && (pattern.startsWith("\\b", at) || pattern.startsWith("\\B", at))) {
            java.append(pattern.charAt(at + 1) == 'b' ? BOUNDARY : NO_BOUNDARY);
            at += 2;
            return;
        }
        if (pattern.startsWith("\\N", at) && !pattern.startsWith("\\N{", at)) {
            java.append("[^\n]");
            at += 2;
            return;
        }
        int end = at + 2;
        if (pattern.startsWith("\\Q", at)) {
            int close = pattern.indexOf("\\E", at);
            end = close < 0 ? pattern.length() : close + 2;
        } else if (at + 2 < pattern.length() && "pPxkog".indexOf(pattern.charAt(at + 1)) >= 0) {
            end = braced(at + 2);
            if (isScript(end)) {
                java.append(pattern, at, at + 3).append("Is").append(pattern, at + 3, end);
                at = end;
                return;
            }
        }
        java.append(pattern, at, Math.min(end, pattern.length()));
        at = Math.min(end, pattern.length());
    }

    /** Whether here is {@code \p{...}} or {@code \P{...}} with the name of a script, which Java has with {@code Is} before it. */
    private boolean isScript(int end) {
        if (Character.toLowerCase(pattern.charAt(at + 1)) != 'p' || end < at + 6) {
            return false;
        }
        try {
            Character.UnicodeScript.forName(pattern.substring(at + 3, end - 1));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The end of {@code {...}} at {@code start}, or {@code start} where there is none. */
    private int braced(int start) {
        int close = pattern.charAt(start) == '{' ? pattern.indexOf('}', start) : -1;
        return close < 0 ? start : close + 1;
    }

    /** A brace is a quantifier if it is {@code {n}}, {@code {n,}} or {@code {n,m}}, else a character like others. */
    private void brace() {
        int digits = digitsEnd(at + 1);
        int end = digits < pattern.length() && pattern.charAt(digits) == ',' ? digitsEnd(digits + 1) : digits;
        if (digits > at + 1 && end < pattern.length() && pattern.charAt(end) == '}') {
            java.append(pattern, at, end + 1);
            at = end + 1;
        } else {
            java.append("\\{");
            at++;
        }
    }

    private int digitsEnd(int start) {
        int end = start;
        while (end < pattern.length() && pattern.charAt(end) >= '0' && pattern.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private boolean pythonName() {
        if (skip("(?P<")) {
            java.append("(?<");
            return true;
        }
        if (pattern.startsWith("(?P=", at) && pattern.indexOf(')', at) > 0) {
            int close = pattern.indexOf(')', at);
            java.append("\\k<").append(pattern, at + 4, close).append('>');
            at = close + 1;
            return true;
        }
        return false;
    }

    private void characterClass() {
        java.append('[');
        at++;
        if (skip("^")) {
            java.append('^');
        }
        if (skip("]")) {
            java.append("\\]");
        }
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            char c = pattern.charAt(at);
            if (skip("\\b")) {
                java.append("\\x08");
            } else if (pattern.startsWith("\\B", at) || pattern.startsWith("\\N", at)) {
                java.append(pattern, at, at + 2); // neither is one character, and Java says so
                at += 2;
            } else if (c == '\\') {
                escape();
            } else if (c == '[') {
                bracketInClass();
            } else {
                boolean special = c == '&' || c == '#' || Character.isWhitespace(c); // the last two: in mode x
                java.append(special ? "\\" : "").append(c);
                at++;
            }
        }
        if (skip("]")) {
            java.append(']');
        }
    }

    private void bracketInClass() {
        for (String[] posix : POSIX) {
            if (skip("[:" + posix[0] + ":]")) {
                java.append(posix[1]);
                return;
            }
            if (skip("[:^" + posix[0] + ":]")) {
                java.append("[^").append(posix[1]).append(']');
                return;
            }
        }
        java.append("\\[");
        at++;
    }

    /**
     * What every string that a pattern matches begins with, or null. Only of patterns that begin with {@code ^} and take
     * case, lines and blanks as they are.
     */
    static @Nullable String literalPrefix(String pattern, String options) {
        boolean plain = options.isEmpty() || options.equals("s") || options.equals("u");
        if (!plain || !pattern.startsWith("^") || pattern.indexOf('|') >= 0 || pattern.contains("(?")) {
            return null;
        }
        StringBuilder prefix = new StringBuilder();
        int i = 1;
        while (i < pattern.length()) {
            char c = pattern.charAt(i);
            boolean escaped = c == '\\' && i + 1 < pattern.length() && isPunctuation(pattern.charAt(i + 1));
            if (!escaped && "\\^$.[]()*+?{}".indexOf(c) >= 0) {
                break;
            }
            int next = i + (escaped ? 2 : 1);
            if (next < pattern.length() && "*?{+".indexOf(pattern.charAt(next)) >= 0) {
                break;
            }
            prefix.append(escaped ? pattern.charAt(i + 1) : c);
            i = next;
        }
        boolean half = !prefix.isEmpty() && Character.isHighSurrogate(prefix.charAt(prefix.length() - 1));
        String found = half ? prefix.substring(0, prefix.length() - 1) : prefix.toString();
        return found.isEmpty() ? null : found;
    }

    private static boolean isPunctuation(char c) {
        return c < 128 && !Character.isLetterOrDigit(c);
    }
}

package dev.offshoot.state;

import java.util.regex.Pattern;

/** A collection's name, or a pattern of such names where {@code *} stands for any characters. */
record NamePattern(String text, Pattern pattern) {
    static NamePattern of(String text) {
        StringBuilder regex = new StringBuilder();
        for (String part : text.split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : ".*").append(Pattern.quote(part));
        }
        return new NamePattern(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    /** Whether it may mean more than one name. */
    boolean isPattern() {
        return text.indexOf('*') >= 0;
    }
}

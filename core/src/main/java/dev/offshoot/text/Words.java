package dev.offshoot.text;

import java.text.Normalizer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tartarus.snowball.SnowballStemmer;

/**
 * Cuts a text into words and makes terms of them: in lower case, as stems, without accents. Words end at white space, punctuation
 * and symbols, in English not at an apostrophe. One thread at a time uses it.
 */
final class Words {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");

    private final Language language;
    private final boolean caseSensitive;
    private final boolean diacriticSensitive;
    private final @Nullable SnowballStemmer stemmer;

    Words(Language language, boolean caseSensitive, boolean diacriticSensitive) {
        this.language = language;
        this.caseSensitive = caseSensitive;
        this.diacriticSensitive = diacriticSensitive;
        this.stemmer = language.newStemmer();
    }

    /** Words as an index has them. */
    static Words indexed(Language language) {
        return new Words(language, false, false);
    }

    /** @param stopWords whether words that say nothing are terms too */
    void forEach(String text, boolean stopWords, Consumer<String> term) {
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && !isDelimiter(text.codePointAt(at))) {
                at += Character.charCount(text.codePointAt(at));
            }
            if (at > start) {
                add(text.substring(start, at), stopWords, term);
            } else {
                at += Character.charCount(text.codePointAt(at));
            }
        }
    }

    private void add(String word, boolean stopWords, Consumer<String> term) {
        String lower = language.lowerCase(word);
        if (stopWords || !language.isStopWord(lower)) {
            String stem = stem(caseSensitive ? word : lower);
            term.accept(diacriticSensitive ? stem : withoutMarks(stem));
        }
    }

    private String stem(String word) {
        SnowballStemmer with = stemmer;
        if (with == null) {
            return word;
        }
        with.setCurrent(word);
        with.stem();
        return with.getCurrent();
    }

    static String withoutMarks(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                String apart = Normalizer.normalize(text, Normalizer.Form.NFD);
                return Normalizer.normalize(MARKS.matcher(apart).replaceAll(""), Normalizer.Form.NFC);
            }
        }
        return text;
    }

    private boolean isDelimiter(int c) {
        if (c == '\'') {
            return language != Language.ENGLISH;
        }
        return switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.MATH_SYMBOL,
                    Character.CURRENCY_SYMBOL,
                    Character.MODIFIER_SYMBOL,
                    Character.OTHER_SYMBOL -> true;
            default -> Character.isWhitespace(c);
        };
    }
}

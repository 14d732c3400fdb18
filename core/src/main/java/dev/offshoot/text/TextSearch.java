package dev.offshoot.text;

import dev.offshoot.bson.Doc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code $text} asks: words, any of which will do, phrases that have to be there, and either with a minus in front, which may not.
 * Bound to the texts of an index. Immutable; any number of threads may use it.
 */
public final class TextSearch {
    private static final int BAD_VALUE = 2;

    private final TextFields fields;
    private final boolean caseSensitive;
    private final boolean diacriticSensitive;
    private final Set<String> indexTerms = new TreeSet<>();
    private final Set<String> terms = new TreeSet<>();
    private final Set<String> negatedTerms = new TreeSet<>();
    private final List<String> phrases = new ArrayList<>();
    private final List<String> negatedPhrases = new ArrayList<>();

    private TextSearch(TextFields fields, boolean caseSensitive, boolean diacriticSensitive) {
        this.fields = fields;
        this.caseSensitive = caseSensitive;
        this.diacriticSensitive = diacriticSensitive;
    }

    /** @param language a name or a code; empty for the language of the index */
    public static TextSearch parse(
            String search, String language, boolean caseSensitive, boolean diacriticSensitive, TextFields fields) {
        Language in = language.isEmpty() ? fields.language() : Language.of(language);
        if (in == null) {
            throw new TextException(BAD_VALUE, "unsupported language: \"" + language + "\" for text index version 3");
        }
        TextSearch parsed = new TextSearch(fields, caseSensitive, diacriticSensitive);
        StringBuilder positive = new StringBuilder();
        StringBuilder negative = new StringBuilder();
        parsed.readPhrases(search, positive, negative);
        Words.indexed(in).forEach(positive.toString(), false, parsed.indexTerms::add);
        Words exact = new Words(in, caseSensitive, diacriticSensitive);
        exact.forEach(positive.toString(), false, parsed.terms::add);
        exact.forEach(negative.toString(), false, parsed.negatedTerms::add);
        return parsed;
    }

    /** Takes the phrases, and sorts the other words into those with and without a minus. */
    private void readPhrases(String search, StringBuilder positive, StringBuilder negative) {
        boolean negated = false;
        int quote = -1;
        boolean afterSpace = true;
        int at = 0;
        while (at < search.length()) {
            char c = search.charAt(at);
            int start = at;
            at++;
            if (isSpace(c)) {
                afterSpace = true;
                continue;
            }
            if (c == '-') {
                negated |= quote < 0 && afterSpace;
            } else if (c == '"' && quote >= 0) {
                (negated ? negatedPhrases : phrases).add(search.substring(quote + 1, start));
                quote = -1;
            } else if (c == '"') {
                negated &= !afterSpace;
                quote = start;
            } else {
                while (at < search.length() && isWord(search.charAt(at))) {
                    at++;
                }
                if (quote < 0 || !negated) {
                    negated &= !afterSpace;
                    (negated ? negative : positive).append(search, start, at).append(' ');
                }
            }
            afterSpace = false;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\n' && c <= '\r');
    }

    private static boolean isWord(char c) {
        return !isSpace(c) && c != '-' && c != '"';
    }

    /** The terms, as an index has them, one of which every document that matches has. */
    public Set<String> indexTerms() {
        return Set.copyOf(indexTerms);
    }

    public Set<String> terms() {
        return terms;
    }

    public Set<String> negatedTerms() {
        return negatedTerms;
    }

    public List<String> phrases() {
        return phrases;
    }

    public List<String> negatedPhrases() {
        return negatedPhrases;
    }

    /** How well a document answers it. */
    public double score(Doc document) {
        Map<String, Double> weights = fields.scores(document);
        double score = 0;
        for (String term : indexTerms) {
            score += weights.getOrDefault(term, 0.0);
        }
        return score;
    }

    public boolean matches(Doc document) {
        if (!hasOneOf(terms, document) || hasOneOf(negatedTerms, document)) {
            return false;
        }
        for (String phrase : phrases) {
            if (!hasPhrase(phrase, document)) {
                return false;
            }
        }
        for (String phrase : negatedPhrases) {
            if (hasPhrase(phrase, document)) {
                return false;
            }
        }
        return true;
    }

    private boolean hasOneOf(Set<String> wanted, Doc document) {
        boolean[] found = {false};
        if (!wanted.isEmpty()) {
            fields.forEach(document, (language, text, weight) -> {
                new Words(language, caseSensitive, diacriticSensitive)
                        .forEach(text, true, term -> found[0] |= wanted.contains(term));
                return !found[0];
            });
        }
        return found[0];
    }

    private boolean hasPhrase(String phrase, Doc document) {
        boolean[] found = {false};
        fields.forEach(document, (language, text, weight) -> {
            found[0] = folded(language, text).contains(folded(language, phrase));
            return !found[0];
        });
        return found[0];
    }

    private String folded(Language language, String text) {
        String cased = caseSensitive ? text : language.lowerCase(text);
        return diacriticSensitive ? cased : Words.withoutMarks(cased);
    }
}

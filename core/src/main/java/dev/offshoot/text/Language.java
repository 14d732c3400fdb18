package dev.offshoot.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.WordlistLoader;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.jspecify.annotations.Nullable;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.DanishStemmer;
import org.tartarus.snowball.ext.DutchStemmer;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.FinnishStemmer;
import org.tartarus.snowball.ext.FrenchStemmer;
import org.tartarus.snowball.ext.GermanStemmer;
import org.tartarus.snowball.ext.HungarianStemmer;
import org.tartarus.snowball.ext.ItalianStemmer;
import org.tartarus.snowball.ext.NorwegianStemmer;
import org.tartarus.snowball.ext.PortugueseStemmer;
import org.tartarus.snowball.ext.RomanianStemmer;
import org.tartarus.snowball.ext.RussianStemmer;
import org.tartarus.snowball.ext.SpanishStemmer;
import org.tartarus.snowball.ext.SwedishStemmer;
import org.tartarus.snowball.ext.TurkishStemmer;

/** A language that texts are read in: MongoDB's list. Each has the words that say nothing, and a way to the stem of a word. */
@SuppressWarnings("ImmutableEnumChecker") // a supplier without state, a set that cannot change
public enum Language {
    NONE("none", null),
    DANISH("da", DanishStemmer::new),
    DUTCH("nl", DutchStemmer::new),
    ENGLISH("en", EnglishStemmer::new),
    FINNISH("fi", FinnishStemmer::new),
    FRENCH("fr", FrenchStemmer::new),
    GERMAN("de", GermanStemmer::new),
    HUNGARIAN("hu", HungarianStemmer::new),
    ITALIAN("it", ItalianStemmer::new),
    NORWEGIAN("nb", NorwegianStemmer::new),
    PORTUGUESE("pt", PortugueseStemmer::new),
    ROMANIAN("ro", RomanianStemmer::new),
    RUSSIAN("ru", RussianStemmer::new),
    SPANISH("es", SpanishStemmer::new),
    SWEDISH("sv", SwedishStemmer::new),
    TURKISH("tr", TurkishStemmer::new);

    private final String code;
    private final @Nullable Supplier<SnowballStemmer> stemmer;
    private final Set<String> stopWords;

    Language(String code, @Nullable Supplier<SnowballStemmer> stemmer) {
        this.code = code;
        this.stemmer = stemmer;
        this.stopWords = stopWords(code, name().toLowerCase(Locale.ROOT));
    }

    /** The language of a name or of a code of two letters, whatever their case; null for none that is known. */
    public static @Nullable Language of(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (Language language : values()) {
            if (language.code.equals(wanted)
                    || language.name().toLowerCase(Locale.ROOT).equals(wanted)) {
                return language;
            }
        }
        return null;
    }

    private static Set<String> stopWords(String code, String name) {
        return switch (code) {
            case "none" -> Set.of();
            case "ro" -> words(RomanianAnalyzer.getDefaultStopSet());
            case "tr" -> words(TurkishAnalyzer.getDefaultStopSet());
            default -> snowballWords(name);
        };
    }

    private static Set<String> snowballWords(String name) {
        try (InputStream in = SnowballFilter.class.getResourceAsStream(name + "_stop.txt")) {
            if (in == null) {
                throw new AssertionError("the library has no stop words for " + name);
            }
            return words(WordlistLoader.getSnowballWordSet(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> words(CharArraySet set) {
        return set.stream().map(word -> new String((char[]) word)).collect(Collectors.toUnmodifiableSet());
    }

    boolean isStopWord(String lowerCase) {
        return stopWords.contains(lowerCase);
    }

    String lowerCase(String word) {
        return word.toLowerCase(this == TURKISH ? Locale.forLanguageTag("tr") : Locale.ROOT);
    }

    /** What takes words to their stems; null where the words stay as they are. One thread at a time uses it. */
    @Nullable
    SnowballStemmer newStemmer() {
        return stemmer == null ? null : stemmer.get();
    }
}

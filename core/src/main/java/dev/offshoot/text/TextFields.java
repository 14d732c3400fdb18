package dev.offshoot.text;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which texts of a document count, in which language and with what weight: what a text index says. Immutable.
 *
 * @param weights by path; {@code $**} is not among them
 * @param wildcard whether all texts count
 * @param override the field of a document, or of a document in it, that names its language
 */
public record TextFields(SortedMap<String, Double> weights, boolean wildcard, Language language, String override) {
    private static final double DEFAULT_WEIGHT = 1;
    private static final double IDENTICAL_BOOST = 0.1;

    /** What a text is given to. */
    interface Sink {
        /** False to end it. */
        boolean accept(Language language, String text, double weight);
    }

    /** As an index's specification says it, with {@code weights}, {@code default_language} and {@code language_override}. */
    public static TextFields of(Doc spec) {
        SortedMap<String, Double> weights = new TreeMap<>();
        boolean wildcard = false;
        Value all = spec.get("weights");
        for (Doc.Field weight : all == null ? Doc.EMPTY : all.asDoc()) {
            if (weight.name().equals("$**")) {
                wildcard = true;
            } else {
                weights.put(weight.name(), weight.value().toDouble());
            }
        }
        Value language = spec.get("default_language");
        Value override = spec.get("language_override");
        Language known = language == null ? Language.ENGLISH : Language.of(language.asString());
        return new TextFields(
                weights,
                wildcard,
                known == null ? Language.NONE : known,
                override == null ? "language" : override.asString());
    }

    /** The terms of a document, and what each weighs in it. */
    public Map<String, Double> scores(Doc document) {
        Map<String, Double> scores = new TreeMap<>();
        forEach(document, (in, text, weight) -> {
            addScores(in, text, weight, scores);
            return true;
        });
        return scores;
    }

    /** How often a term was met in one text, and the sum of halves that makes of it. */
    private static final class Count {
        private double next = 1;
        private double frequency;
        private int times;

        void met() {
            frequency += next;
            next /= 2;
            times++;
        }
    }

    /** MongoDB's weights: every further time counts half, a term in a short text more, one that is all of the text a tenth more. */
    private static void addScores(Language in, String text, double weight, Map<String, Double> scores) {
        Map<String, Count> counts = new HashMap<>();
        int[] words = {0};
        Words.indexed(in).forEach(text, false, term -> {
            counts.computeIfAbsent(term, t -> new Count()).met();
            words[0]++;
        });
        counts.forEach((term, count) -> {
            double share = 0.5 * count.times / words[0] + 0.5;
            double boost = isWhole(text, term) ? 1 + IDENTICAL_BOOST : 1;
            scores.merge(term, weight * count.frequency * share * boost, Double::sum);
        });
    }

    private static boolean isWhole(String text, String term) {
        return text.equalsIgnoreCase(term) // first: most differ in length, and that costs nothing
                && text.getBytes(StandardCharsets.UTF_8).length == term.getBytes(StandardCharsets.UTF_8).length;
    }

    /** All texts that count. */
    void forEach(Doc document, Sink sink) {
        new Walk(sink).fields(document, "", false, languageOf(document, language));
    }

    private Language languageOf(Doc document, Language outer) {
        Value named = document.get(override);
        if (named == null) {
            return outer;
        }
        if (!named.isString()) {
            throw new TextException(17261, "found language override field in document with non-string type");
        }
        Language known = Language.of(named.asString());
        if (known == null) {
            throw new TextException(17262, "language override unsupported: " + named.asString());
        }
        return known;
    }

    /** Goes through a document. */
    private final class Walk {
        private final Sink sink;

        Walk(Sink sink) {
            this.sink = sink;
        }

        /** False where the sink wants no more. */
        boolean fields(Doc document, String parent, boolean inArray, Language in) {
            for (Doc.Fields field = document.fields(); field.next(); ) {
                String name = field.name();
                if (wildcard && name.equals(override) && !inArray) {
                    continue;
                }
                String path = parent.isEmpty() ? name : inArray ? parent : parent + "." + name;
                if (!value(field, path, inArray, in)) {
                    return false;
                }
            }
            return true;
        }

        private boolean value(Doc.Fields field, String path, boolean inArray, Language in) {
            int type = field.type();
            if (type != Bson.STRING && type != Bson.DOCUMENT && type != Bson.ARRAY) {
                return true;
            }
            String weighed = nextWeight(type == Bson.DOCUMENT ? path + "." : path);
            if (!wildcard && (weighed == null || !isAtOrAbove(path, weighed))) {
                return true;
            }
            boolean exact = path.equals(weighed);
            return switch (type) {
                case Bson.STRING ->
                    (!exact && !wildcard) || sink.accept(in, field.value().asString(), weight(weighed));
                case Bson.DOCUMENT -> {
                    Doc inner = field.value().asDoc();
                    yield (exact && !wildcard) || fields(inner, path, false, languageOf(inner, in));
                }
                default -> (inArray && !wildcard) || fields(field.value().asDoc(), path, true, in);
            };
        }

        private @Nullable String nextWeight(String from) {
            SortedMap<String, Double> tail = weights.tailMap(from);
            return tail.isEmpty() ? null : tail.firstKey();
        }

        private double weight(@Nullable String path) {
            return path == null ? DEFAULT_WEIGHT : weights.getOrDefault(path, DEFAULT_WEIGHT);
        }
    }

    private static boolean isAtOrAbove(String path, String weighed) {
        return weighed.equals(path) || weighed.startsWith(path + ".");
    }

    /** Fields that a text index may not be about. */
    public static Set<String> reserved() {
        return Set.of("_fts", "_ftsx");
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.text.Language;
import dev.offshoot.text.TextFields;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes of what a client asks for a text index what is kept of it: {@code _fts} and {@code _ftsx} in the place of the fields with
 * texts, which become weights, and all options named.
 */
final class TextIndexSpec {
    private static final double WEIGHT_MAX = 100_000;

    private final Doc spec;
    private final SortedMap<String, Integer> weights = new TreeMap<>();

    private TextIndexSpec(Doc spec) {
        this.spec = spec;
    }

    static boolean isText(Doc pattern) {
        for (Doc.Field field : pattern) {
            if (isText(field)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isText(Doc.Field field) {
        return Value.of("text").equals(field.value());
    }

    static Doc complete(Doc spec) {
        return new TextIndexSpec(spec).complete();
    }

    private Doc complete() {
        Value key = spec.get("key");
        Doc pattern = pattern(key == null ? Doc.EMPTY : key.asDoc());
        readWeights();
        String language = option("default_language", "english", "default_language needs a string type");
        if (Language.of(language) == null) {
            throw IndexKeys.cannot("default_language is not valid");
        }
        String override = option("language_override", "language", "language_override must be a string");
        if (override.isEmpty() || override.startsWith("$") || override.contains(".")) {
            throw IndexKeys.cannot("language_override is not valid");
        }
        int version = version();
        DocBuilder complete = new DocBuilder();
        for (Doc.Field field : spec) {
            switch (field.name()) {
                case "key" -> complete.append("key", pattern);
                case "weights", "default_language", "language_override", "textIndexVersion" -> {}
                default -> complete.append(field.name(), field.value());
            }
        }
        complete.startDocument("weights");
        weights.forEach(complete::append);
        return complete.end()
                .append("default_language", language)
                .append("language_override", override)
                .append("textIndexVersion", version)
                .buildDoc();
    }

    /** Plain fields, then those with texts, which stand together, then plain ones again. */
    private Doc pattern(Doc asked) {
        DocBuilder pattern = new DocBuilder();
        boolean inTexts = false;
        boolean behind = false;
        for (Doc.Field field : asked) {
            boolean fixed = field.name().equals("_fts") || field.name().equals("_ftsx");
            if (isText(field) || fixed) {
                if (behind) {
                    throw IndexKeys.cannot("'text' fields in index must all be adjacent");
                }
                if (fixed && field.name().equals("_fts") && !isText(field)) {
                    throw IndexKeys.cannot("expecting _fts:\"text\"");
                }
                if (!inTexts) {
                    pattern.append("_fts", "text").append("_ftsx", 1);
                }
                inTexts = true;
                if (!fixed) {
                    weights.put(field.name(), 1);
                }
            } else {
                if (field.value().isString()) {
                    throw IndexKeys.cannot("Can't use more than one index plugin for a single index.");
                }
                checkPlain(field);
                behind = inTexts;
                pattern.append(field.name(), field.value());
            }
        }
        return pattern.buildDoc();
    }

    private static void checkPlain(Doc.Field field) {
        double direction = field.value().isNumber() ? field.value().toDouble() : 0;
        if (direction != 1 && direction != -1) {
            throw IndexKeys.cannot("expected value 1 or -1 for non-text key in compound index");
        }
        if (TextFields.reserved().contains(field.name())) {
            throw IndexKeys.cannot("text index with reserved fields _fts/_ftsx not allowed");
        }
    }

    private void readWeights() {
        Value given = spec.get("weights");
        if (given != null && given.isDocument()) {
            for (Doc.Field weight : given.asDoc()) {
                if (!weight.value().isNumber()) {
                    throw IndexKeys.cannot("weight for text index needs numeric type");
                }
                weights.put(weight.name(), (int) weight.value().toLong());
            }
        } else if (Value.of("$**").equals(given)) {
            weights.put("$**", 1);
        } else if (given != null) {
            throw IndexKeys.cannot("text index option 'weights' must be an object");
        }
        if (weights.isEmpty()) {
            throw IndexKeys.cannot("text index option 'weights' must specify fields or the wildcard");
        }
        for (Map.Entry<String, Integer> weight : weights.entrySet()) {
            checkWeight(weight.getKey(), weight.getValue());
        }
    }

    private static void checkWeight(String path, int weight) {
        if (weight <= 0 || weight >= WEIGHT_MAX) {
            throw IndexKeys.cannot(
                    "text index weight must be in the exclusive interval (0,100000) but found: " + weight);
        }
        if (path.equals("$**")) {
            return;
        }
        if (path.isEmpty()) {
            throw IndexKeys.cannot("weight cannot be on an empty field");
        }
        for (String part : path.split("\\.", -1)) {
            if (part.isEmpty()) {
                throw IndexKeys.cannot("weight cannot have empty path component");
            }
            if (part.startsWith("$")) {
                throw IndexKeys.cannot("weight cannot have path component with $ prefix");
            }
        }
    }

    private String option(String name, String otherwise, String wrongType) {
        Value value = spec.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.isString()) {
            throw IndexKeys.cannot(wrongType);
        }
        return value.asString();
    }

    private int version() {
        Value value = spec.get("textIndexVersion");
        if (value == null) {
            return 3;
        }
        if (!value.isNumber()) {
            throw IndexKeys.cannot("text index option 'textIndexVersion' must be a number");
        }
        int version = (int) value.toLong();
        if (version != 2 && version != 3) {
            throw IndexKeys.cannot("bad textIndexVersion: " + version);
        }
        return version;
    }
}

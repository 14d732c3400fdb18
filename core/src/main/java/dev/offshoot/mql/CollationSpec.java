package dev.offshoot.mql;

import com.ibm.icu.text.Collator;
import com.ibm.icu.text.RuleBasedCollator;
import com.ibm.icu.util.ULocale;
import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a collation document with MongoDB's checks. Serves once. */
final class CollationSpec {
    static final String SIMPLE = "simple";

    /** The version of ICU that MongoDB has and names. */
    private static final String VERSION = "57.1";

    private static final List<String> CASES = List.of("upper", "lower", "off");
    private static final List<String> ALTERNATES = List.of("non-ignorable", "shifted");
    private static final List<String> VARIABLES = List.of("punct", "space");

    private final Doc spec;
    private final String path;
    private @Nullable String locale;
    private @Nullable Boolean caseLevel;
    private @Nullable String caseFirst;
    private @Nullable Integer strength;
    private @Nullable Boolean numericOrdering;
    private @Nullable String alternate;
    private @Nullable String maxVariable;
    private @Nullable Boolean normalization;
    private @Nullable Boolean backwards;
    private @Nullable String version;

    private CollationSpec(Doc spec, String path) {
        this.spec = spec;
        this.path = path;
    }

    static Collation parse(Doc spec, String path) {
        CollationSpec parsed = new CollationSpec(spec, path);
        Set<String> seen = new HashSet<>();
        for (Doc.Field field : spec) {
            if (!seen.add(field.name())) {
                throw new CommandException(
                        ErrorCode.location(40413), "BSON field '" + parsed.place(field) + "' is a duplicate field");
            }
            if (field.value().type() != Bson.NULL
                    || field.name().equals("locale")
                    || field.name().equals("backwards")) {
                parsed.read(field);
            } else {
                parsed.readNull(field);
            }
        }
        return parsed.build();
    }

    private void readNull(Doc.Field field) {
        switch (field.name()) {
            case "caseLevel",
                    "caseFirst",
                    "strength",
                    "numericOrdering",
                    "alternate",
                    "maxVariable",
                    "normalization" -> {}
            case "version" -> {}
            default -> throw unknown(field);
        }
    }

    private void read(Doc.Field field) {
        switch (field.name()) {
            case "locale" -> locale = string(field);
            case "caseLevel" -> caseLevel = bool(field);
            case "caseFirst" -> caseFirst = oneOf(field, CASES);
            case "strength" -> strength = strength(field);
            case "numericOrdering" -> numericOrdering = bool(field);
            case "alternate" -> alternate = oneOf(field, ALTERNATES);
            case "maxVariable" -> maxVariable = oneOf(field, VARIABLES);
            case "normalization" -> normalization = bool(field);
            case "backwards" -> backwards = bool(field);
            case "version" -> version = string(field);
            default -> throw unknown(field);
        }
    }

    private String place(Doc.Field field) {
        return path + "." + field.name();
    }

    private CommandException unknown(Doc.Field field) {
        return new CommandException(
                ErrorCode.location(40415), "BSON field '" + place(field) + "' is an unknown field.");
    }

    private CommandException wrongType(Doc.Field field, String expected) {
        return new CommandException(
                ErrorCode.TYPE_MISMATCH,
                "BSON field '" + place(field) + "' is the wrong type '"
                        + Bson.typeName(field.value().type()) + "', expected " + expected);
    }

    private CommandException notValid(Doc.Field field, String value) {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "Enumeration value '" + value + "' for field '" + place(field) + "' is not a valid value.");
    }

    private String string(Doc.Field field) {
        if (field.value().type() != Bson.STRING) {
            throw wrongType(field, "type 'string'");
        }
        return field.value().asString();
    }

    private boolean bool(Doc.Field field) {
        if (field.value().type() != Bson.BOOLEAN) {
            throw wrongType(field, "type 'bool'");
        }
        return field.value().asBoolean();
    }

    private String oneOf(Doc.Field field, List<String> values) {
        String value = string(field);
        if (!values.contains(value)) {
            throw notValid(field, value);
        }
        return value;
    }

    private int strength(Doc.Field field) {
        Value value = field.value();
        if (!value.isNumber()) {
            throw wrongType(field, "types '[long, int, decimal, double]'");
        }
        long whole = whole(value);
        if (whole < 1 || whole > 5) {
            throw notValid(field, Long.toString(whole));
        }
        return (int) whole;
    }

    /** MongoDB cuts off the fraction of a double and rounds a decimal to the even neighbour. */
    private static long whole(Value value) {
        boolean rounds = value.type() == Bson.DECIMAL128 && Math.abs(value.toDouble()) < 100;
        return rounds
                ? new BigDecimal(value.asDecimal().toString())
                        .setScale(0, RoundingMode.HALF_EVEN)
                        .longValue()
                : value.toLong();
    }

    private Collation build() {
        if (locale == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field '" + path + ".locale' is missing but a required field");
        }
        if (version != null && !version.equals(VERSION)) {
            throw new CommandException(
                    ErrorCode.INCOMPATIBLE_COLLATION_VERSION,
                    "Requested collation version " + version + " but the only available collator version was " + VERSION
                            + ". Requested collation spec: " + ShellText.of(spec));
        }
        if (locale.equals(SIMPLE)) {
            if (spec.count() > 1) {
                throw new CommandException(
                        ErrorCode.FAILED_TO_PARSE,
                        "If locale=simple, no other fields should be present in: " + ShellText.of(spec));
            }
            return Collation.SIMPLE;
        }
        RuleBasedCollator collator = collator(locale);
        apply(collator);
        Doc full = full(locale, collator);
        checkCombination(full, collator);
        return new Collation((RuleBasedCollator) collator.freeze(), full);
    }

    private RuleBasedCollator collator(String name) {
        if (name.indexOf('\0') >= 0) {
            throw bad("Field 'locale' cannot contain null byte. Collation spec: " + ShellText.of(spec));
        }
        if (name.isEmpty()) {
            throw bad("Field 'locale' cannot be the empty string in: " + ShellText.of(spec));
        }
        if (!(Collator.getInstance(new ULocale(name)) instanceof RuleBasedCollator collator)) {
            throw new AssertionError("ICU has no rules for " + name);
        }
        String valid = collator.getLocale(ULocale.VALID_LOCALE).getName();
        if (!valid.equals(name)) {
            throw bad("Field 'locale' is invalid in: " + ShellText.of(spec)
                    + (valid.isEmpty() ? "" : ". Did you mean '" + valid + "'?"));
        }
        return collator;
    }

    /** Sets what the document says; all else stays as the locale has it. */
    private void apply(RuleBasedCollator collator) {
        if (caseLevel != null) {
            collator.setCaseLevel(caseLevel);
        }
        if (caseFirst != null) {
            collator.setUpperCaseFirst(caseFirst.equals("upper"));
            if (caseFirst.equals("lower")) {
                collator.setLowerCaseFirst(true);
            }
        }
        if (strength != null) {
            collator.setStrength(strength == 5 ? Collator.IDENTICAL : strength - 1);
        }
        if (numericOrdering != null) {
            collator.setNumericCollation(numericOrdering);
        }
        if (alternate != null) {
            collator.setAlternateHandlingShifted(alternate.equals("shifted"));
        }
        if (maxVariable != null) {
            collator.setMaxVariable(
                    maxVariable.equals("space") ? Collator.ReorderCodes.SPACE : Collator.ReorderCodes.PUNCTUATION);
        }
        if (normalization != null) {
            collator.setDecomposition(normalization ? Collator.CANONICAL_DECOMPOSITION : Collator.NO_DECOMPOSITION);
        }
        if (backwards != null) {
            collator.setFrenchCollation(backwards);
        }
    }

    private static Doc full(String locale, RuleBasedCollator collator) {
        String cases = collator.isUpperCaseFirst() ? "upper" : collator.isLowerCaseFirst() ? "lower" : "off";
        boolean spaces = collator.getMaxVariable() == Collator.ReorderCodes.SPACE;
        return new DocBuilder()
                .append("locale", locale)
                .append("caseLevel", collator.isCaseLevel())
                .append("caseFirst", cases)
                .append("strength", strength(collator))
                .append("numericOrdering", collator.getNumericCollation())
                .append("alternate", collator.isAlternateHandlingShifted() ? "shifted" : "non-ignorable")
                .append("maxVariable", spaces ? "space" : "punct")
                .append("normalization", collator.getDecomposition() == Collator.CANONICAL_DECOMPOSITION)
                .append("backwards", collator.isFrenchCollation())
                .append("version", VERSION)
                .buildDoc();
    }

    private static int strength(RuleBasedCollator collator) {
        return collator.getStrength() == Collator.IDENTICAL ? 5 : collator.getStrength() + 1;
    }

    private static void checkCombination(Doc full, RuleBasedCollator collator) {
        int level = strength(collator);
        if (collator.isFrenchCollation() && level == 1) {
            throw bad("'backwards' is invalid with 'strength' of 1 in: " + ShellText.of(full));
        }
        boolean cased = collator.isUpperCaseFirst() || collator.isLowerCaseFirst();
        if (cased && !collator.isCaseLevel() && level < 3) {
            throw bad("'caseFirst' is invalid unless 'caseLevel' is on or 'strength' is greater than 2 in: "
                    + ShellText.of(full));
        }
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keywords of a {@code $jsonSchema} that hold no schema: lengths, ranges, patterns, counts, lists of values. */
final class SchemaScalars {
    private static final long STRINGS = ValueTests.Type.bit(Bson.STRING);
    private static final long ARRAYS = ValueTests.Type.bit(Bson.ARRAY);
    private static final long DOCUMENTS = ValueTests.Type.bit(Bson.DOCUMENT);

    /** As many digits of a double as MongoDB takes when it makes a decimal of it. */
    private static final MathContext DOUBLE_DIGITS = new MathContext(15);

    private final Map<String, Value> keywords;
    private final List<SchemaRule> rules;

    SchemaScalars(Map<String, Value> keywords, List<SchemaRule> rules) {
        this.keywords = keywords;
        this.rules = rules;
    }

    void parse() {
        pattern();
        length("maxLength");
        length("minLength");
        multipleOf();
        range("maximum", "exclusiveMaximum", Clause.Operator.LTE, Clause.Operator.LT);
        range("minimum", "exclusiveMinimum", Clause.Operator.GTE, Clause.Operator.GT);
        count("minItems");
        count("maxItems");
        uniqueItems();
    }

    /** {@code {keyword: value}}. */
    static Doc specified(String keyword, @Nullable Value value) {
        return new DocBuilder()
                .append(keyword, value == null ? Value.NULL : value)
                .buildDoc();
    }

    private void pattern() {
        Value pattern = keywords.get("pattern");
        if (pattern == null) {
            return;
        }
        if (!pattern.isString()) {
            throw SchemaParser.mismatch("$jsonSchema keyword 'pattern' must be a string");
        }
        RegexTest regex = RegexTest.of(pattern.asString(), "");
        rules.add(new SchemaLeaf(
                specified("pattern", pattern),
                STRINGS,
                regex::test,
                "regular expression did not match",
                SchemaLeaf.Evidence.VALUE));
    }

    private void length(String keyword) {
        Value value = keywords.get(keyword);
        if (value == null) {
            return;
        }
        long bound = notNegative(keyword, value);
        boolean most = keyword.startsWith("max");
        rules.add(new SchemaLeaf(
                specified(keyword, value),
                STRINGS,
                (type, bytes, offset) -> isWithin(codePoints(bytes, offset), bound, most),
                "specified string length was not satisfied",
                SchemaLeaf.Evidence.VALUE));
    }

    private static boolean isWithin(long size, long bound, boolean most) {
        return most ? size <= bound : size >= bound;
    }

    private static long codePoints(byte[] bytes, int offset) {
        int end = offset + 4 + Bson.int32(bytes, offset) - 1;
        long n = 0;
        for (int i = offset + 4; i < end; i++) {
            n += (bytes[i] & 0xC0) != 0x80 ? 1 : 0;
        }
        return n;
    }

    private void multipleOf() {
        Value value = keywords.get("multipleOf");
        if (value == null) {
            return;
        }
        if (!value.isNumber()) {
            throw SchemaParser.mismatch("$jsonSchema keyword 'multipleOf' must be a number");
        }
        BigDecimal divisor = decimal(value);
        if (divisor == null || divisor.signum() <= 0) {
            throw SchemaParser.failed("$jsonSchema keyword 'multipleOf' must have a positive value");
        }
        rules.add(new SchemaLeaf(
                specified("multipleOf", value),
                SchemaTypes.numbers(),
                (type, bytes, offset) -> {
                    BigDecimal number = decimal(Value.view(type, bytes, offset));
                    return number != null && number.remainder(divisor).signum() == 0;
                },
                "considered value is not a multiple of the specified value",
                SchemaLeaf.Evidence.VALUE));
    }

    /** A number in full, or null for one that is not finite. */
    private static @Nullable BigDecimal decimal(Value number) {
        if (number.type() == Bson.DOUBLE) {
            double value = number.asDouble();
            return Double.isFinite(value) ? new BigDecimal(value).round(DOUBLE_DIGITS) : null;
        }
        if (number.type() != Bson.DECIMAL128) {
            return BigDecimal.valueOf(number.toLong());
        }
        boolean finite = !number.asDecimal().isNaN() && !number.asDecimal().isInfinite();
        return finite ? new BigDecimal(number.asDecimal().toString()) : null;
    }

    private void range(String keyword, String exclusive, Clause.Operator inclusiveOperator, Clause.Operator strict) {
        Value bound = keywords.get(keyword);
        Value isStrict = keywords.get(exclusive);
        if (bound == null && isStrict != null) {
            throw SchemaParser.failed(
                    "$jsonSchema keyword '" + keyword + "' must be a present if " + exclusive + " is present");
        }
        if (bound == null) {
            return;
        }
        if (isStrict != null && isStrict.type() != Bson.BOOLEAN) {
            throw SchemaParser.mismatch("$jsonSchema keyword '" + exclusive + "' must be a boolean");
        }
        if (!bound.isNumber()) {
            throw SchemaParser.mismatch("$jsonSchema keyword '" + keyword + "' must be a number");
        }
        DocBuilder specified = new DocBuilder().append(keyword, bound);
        if (isStrict != null) {
            specified.append(exclusive, isStrict);
        }
        boolean without = isStrict != null && isStrict.isTruthy();
        ElementTest test = Comparison.of(without ? strict : inclusiveOperator, bound);
        rules.add(new SchemaLeaf(
                specified.buildDoc(),
                SchemaTypes.numbers(),
                test::test,
                "comparison failed",
                SchemaLeaf.Evidence.VALUE));
    }

    private void count(String keyword) {
        Value value = keywords.get(keyword);
        if (value == null) {
            return;
        }
        long bound = notNegative(keyword, value);
        boolean most = keyword.startsWith("max");
        rules.add(new SchemaLeaf(
                specified(keyword, value),
                ARRAYS,
                (type, bytes, offset) -> isWithin(Doc.view(bytes, offset).count(), bound, most),
                "array did not match specified length",
                (array, error) -> error.append("consideredValue", array)
                        .append("numberOfItems", array.asDoc().count())));
    }

    private void uniqueItems() {
        Value value = keywords.get("uniqueItems");
        if (value == null) {
            return;
        }
        if (value.type() != Bson.BOOLEAN) {
            throw SchemaParser.mismatch("$jsonSchema keyword 'uniqueItems' must be a boolean");
        }
        if (!value.isTruthy()) {
            return;
        }
        rules.add(new SchemaLeaf(
                specified("uniqueItems", value),
                ARRAYS,
                (type, bytes, offset) -> SchemaEquality.firstDuplicate(Value.view(type, bytes, offset)) == null,
                "found a duplicate item",
                (array, error) -> {
                    Value duplicate = SchemaEquality.firstDuplicate(array);
                    error.append("consideredValue", array)
                            .append("duplicatedValue", duplicate == null ? Value.NULL : duplicate);
                }));
    }

    /** {@code minProperties} and {@code maxProperties}. */
    static void addPropertyCounts(Map<String, Value> keywords, List<SchemaRule> rules) {
        for (String keyword : List.of("minProperties", "maxProperties")) {
            Value value = keywords.get(keyword);
            if (value != null) {
                long bound = notNegative(keyword, value);
                boolean most = keyword.startsWith("max");
                rules.add(new SchemaLeaf(
                        specified(keyword, value),
                        DOCUMENTS,
                        (type, bytes, offset) ->
                                isWithin(Doc.view(bytes, offset).count(), bound, most),
                        "specified number of properties was not satisfied",
                        (document, error) -> error.append(
                                "numberOfProperties", document.asDoc().count())));
            }
        }
    }

    /** {@code enum}. */
    static SchemaRule oneOf(Value specified) {
        if (!specified.isArray()) {
            throw SchemaParser.mismatch("$jsonSchema keyword 'enum' must be an array, but found an element of type "
                    + Bson.typeName(specified.type()));
        }
        List<Value> values = BsonArrays.elements(specified);
        if (values.isEmpty()) {
            throw SchemaParser.failed("$jsonSchema keyword 'enum' cannot be an empty array");
        }
        if (SchemaEquality.firstDuplicate(specified) != null) {
            throw SchemaParser.failed("$jsonSchema keyword 'enum' array cannot contain duplicate values.");
        }
        return new SchemaLeaf(
                specified("enum", specified),
                -1L,
                (type, bytes, offset) -> {
                    Value value = Value.view(type, bytes, offset);
                    return values.stream().anyMatch(one -> SchemaEquality.same(one, value));
                },
                "value was not found in enum",
                SchemaLeaf.Evidence.VALUE);
    }

    private static long notNegative(String keyword, Value value) {
        if (!value.isNumber()) {
            throw SchemaParser.failed("Expected a number in: " + ShellText.field(keyword, value));
        }
        if (!ValueTests.isLong(value.type(), value.bytes(), value.offset(), true)) {
            throw SchemaParser.failed("Expected an integer: " + ShellText.field(keyword, value));
        }
        if (value.toLong() < 0) {
            throw SchemaParser.failed("Expected a non-negative number in: " + ShellText.field(keyword, value));
        }
        return value.toLong();
    }
}

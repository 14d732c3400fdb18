package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** The model for {@link Filter}: interprets a filter on a decoded document, collecting all values of a path first. */
final class SlowMatcher {
    /** What a path has where it has no value. */
    private static final BsonValue MISSING = new BsonUndefined();

    private SlowMatcher() {}

    static Doc encode(BsonDocument document) {
        return Doc.of(new RawBsonDocument(document, new BsonDocumentCodec())
                .getByteBuffer()
                .array());
    }

    static boolean matches(BsonDocument filter, BsonDocument document) {
        for (String name : filter.keySet()) {
            BsonValue value = filter.get(name);
            boolean holds = switch (name) {
                case "$and" -> value.asArray().stream().allMatch(f -> matches(f.asDocument(), document));
                case "$or" -> value.asArray().stream().anyMatch(f -> matches(f.asDocument(), document));
                case "$nor" -> value.asArray().stream().noneMatch(f -> matches(f.asDocument(), document));
                default -> field(name, value, document);
            };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOperators(BsonValue value) {
        return value.isDocument()
                && !value.asDocument().isEmpty()
                && value.asDocument().getFirstKey().startsWith("$");
    }

    private static boolean field(String path, BsonValue value, BsonDocument document) {
        if (!isOperators(value)) {
            return any(path, document, true, v -> compares("$eq", v, value));
        }
        return value.asDocument().entrySet().stream().allMatch(e -> operator(path, e.getKey(), e.getValue(), document));
    }

    private static boolean operator(String path, String name, BsonValue operand, BsonDocument document) {
        return switch (name) {
            case "$ne" -> !any(path, document, true, v -> compares("$eq", v, operand));
            case "$nin" -> !operator(path, "$in", operand, document);
            case "$not" -> !field(path, operand, document);
            case "$exists" ->
                any(path, document, true, v -> v != MISSING)
                        == operand.asBoolean().getValue();
            case "$size", "$elemMatch" -> any(path, document, false, v -> single(name, v, operand));
            case "$all" ->
                !operand.asArray().isEmpty() && operand.asArray().stream().allMatch(o -> field(path, o, document));
            default -> any(path, document, true, v -> single(name, v, operand));
        };
    }

    /** An operator on one value. */
    private static boolean single(String name, BsonValue value, BsonValue operand) {
        return switch (name) {
            case "$ne" -> !compares("$eq", value, operand);
            case "$in" -> operand.asArray().stream().anyMatch(o -> compares("$eq", value, o));
            case "$nin" -> !single("$in", value, operand);
            case "$exists" -> operand.asBoolean().getValue();
            case "$not" -> !singles(value, operand.asDocument());
            case "$size" ->
                value.isArray() && value.asArray().size() == operand.asInt32().getValue();
            case "$type" ->
                value != MISSING
                        && value.getBsonType()
                                == BsonType.valueOf(
                                        operand.asString().getValue().toUpperCase(Locale.ROOT));
            case "$all" ->
                !operand.asArray().isEmpty() && operand.asArray().stream().allMatch(o -> compares("$eq", value, o));
            case "$elemMatch" -> value.isArray() && elemMatch(value.asArray(), operand.asDocument());
            default -> compares(name, value, operand);
        };
    }

    private static boolean singles(BsonValue value, BsonDocument operators) {
        return operators.entrySet().stream().allMatch(e -> single(e.getKey(), value, e.getValue()));
    }

    private static boolean elemMatch(BsonArray array, BsonDocument operand) {
        boolean ofValues =
                isOperators(operand) && !List.of("$and", "$or", "$nor").contains(operand.getFirstKey());
        return array.stream()
                .anyMatch(element -> ofValues
                        ? singles(element, operand)
                        : (element.isDocument() || element.isArray()) && matches(operand, asDocument(element)));
    }

    private static BsonDocument asDocument(BsonValue value) {
        if (value.isDocument()) {
            return value.asDocument();
        }
        BsonDocument document = new BsonDocument();
        for (int i = 0; i < value.asArray().size(); i++) {
            document.append(Integer.toString(i), value.asArray().get(i));
        }
        return document;
    }

    private static boolean compares(String name, BsonValue value, BsonValue operand) {
        boolean orEqual = !name.equals("$lt") && !name.equals("$gt");
        if (operand.isNull() && (value == MISSING || value.isNull())) {
            return orEqual;
        }
        if (value == MISSING || kind(value) != kind(operand)) {
            return false;
        }
        int order = compare(value, operand);
        if (name.equals("$eq")) {
            return order == 0;
        }
        if (isNaN(value) || isNaN(operand)) {
            return orEqual && order == 0;
        }
        boolean less = name.startsWith("$lt");
        return order == 0 ? orEqual : order < 0 == less;
    }

    private static boolean isNaN(BsonValue value) {
        return value.isDouble() && Double.isNaN(value.asDouble().getValue());
    }

    private static int kind(BsonValue value) {
        return value.isNumber() ? -1 : value.getBsonType().getValue();
    }

    private static int compare(BsonValue a, BsonValue b) {
        return BsonOrder.compare(
                encode(new BsonDocument("", a)).first().value(),
                encode(new BsonDocument("", b)).first().value());
    }

    private static boolean any(String path, BsonDocument document, boolean elements, Predicate<BsonValue> test) {
        List<BsonValue> values = new ArrayList<>();
        inDocument(document, List.of(path.split("\\.")), elements, values);
        return values.stream().anyMatch(test);
    }

    private static void inDocument(BsonDocument in, List<String> path, boolean elements, List<BsonValue> values) {
        BsonValue value = in.get(path.get(0));
        List<String> rest = path.subList(1, path.size());
        if (value == null) {
            values.add(MISSING);
        } else if (rest.isEmpty()) {
            if (value.isArray() && elements) {
                values.addAll(value.asArray());
            }
            values.add(value);
        } else if (value.isDocument()) {
            inDocument(value.asDocument(), rest, elements, values);
        } else if (value.isArray()) {
            inArray(value.asArray(), rest, elements, values);
        } else {
            values.add(MISSING);
        }
    }

    private static void inArray(BsonArray in, List<String> path, boolean elements, List<BsonValue> values) {
        List<String> rest = path.subList(1, path.size());
        for (int i = 0; i < in.size(); i++) {
            BsonValue element = in.get(i);
            if (element.isDocument()) {
                inDocument(element.asDocument(), path, elements, values);
            }
            if (!path.get(0).equals(Integer.toString(i))) {
                continue;
            }
            if (rest.isEmpty()) {
                values.add(element);
            } else if (element.isDocument()) {
                inDocument(element.asDocument(), rest, elements, values);
            } else if (element.isArray()) {
                inArray(element.asArray(), rest, elements, values);
            }
        }
    }
}

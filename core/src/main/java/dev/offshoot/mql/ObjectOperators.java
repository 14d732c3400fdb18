package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators on documents as values. */
final class ObjectOperators {
    private static final String UNKNOWN = "OP found an unknown argument: ARG";
    private static final Named GET = new Named("field input", 3041700, "", 3041701, UNKNOWN);
    private static final Named SET =
            new Named("field input value", 4161100, "OP only supports an object as its argument", 4161101, UNKNOWN);
    private static final Named UNSET =
            new Named("field input", 4161100, "OP only supports an object as its argument", 4161101, UNKNOWN);

    private ObjectOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$mergeObjects", Call.any(AccumulatorOperators::accumulate),
                "$objectToArray", Call.exactly(1, ObjectOperators::toArray),
                "$arrayToObject", Call.exactly(1, ObjectOperators::toObject),
                "$getField", ObjectOperators::parseGetField,
                "$setField", ObjectOperators::parseSetField,
                "$unsetField", ObjectOperators::parseUnsetField,
                "$bsonSize", Call.exactly(1, ObjectOperators::size));
    }

    private static Value size(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        if (!operands.at(0).isDocument()) {
            throw Operands.error(31393, "$bsonSize requires a document input, found: " + operands.typeName(0));
        }
        return Value.of(operands.at(0).length());
    }

    private static Value toArray(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        if (!operands.at(0).isDocument()) {
            throw Operands.error(40390, "$objectToArray requires a document input, found: " + operands.typeName(0));
        }
        List<Value> pairs = new ArrayList<>();
        for (Doc.Field field : operands.at(0).asDoc()) {
            pairs.add(Value.document(new DocBuilder()
                    .append("k", field.name())
                    .append("v", field.value())
                    .buildDoc()));
        }
        return BsonArrays.of(pairs);
    }

    private static Value toObject(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        List<Value> elements = operands.array(0, 40386, "$arrayToObject requires an array input, found: ");
        Map<String, Value> fields = new LinkedHashMap<>();
        boolean pairs = !elements.isEmpty() && elements.get(0).isArray();
        if (!elements.isEmpty() && !pairs && !elements.get(0).isDocument()) {
            throw Operands.error(
                    40398, "Unrecognised input type format for $arrayToObject: " + Operands.typeName(elements.get(0)));
        }
        for (Value element : elements) {
            if (pairs ? !element.isArray() : !element.isDocument()) {
                throw Operands.error(
                        pairs ? 40396 : 40391,
                        "$arrayToObject requires a consistent input format. Elements mustall be arrays or all be"
                                + " objects. " + (pairs ? "Array" : "Object") + " was detected, now found: "
                                + Operands.typeName(element));
            }
            if (pairs) {
                addPair(fields, BsonArrays.elements(element));
            } else {
                addKeyed(fields, element);
            }
        }
        return Value.document(BsonArrays.document(fields));
    }

    private static void addPair(Map<String, Value> fields, List<Value> pair) {
        if (pair.size() != 2) {
            throw Operands.error(
                    40397, "$arrayToObject requires an array of size 2 arrays,found array of size: " + pair.size());
        }
        if (!pair.get(0).isString()) {
            throw Operands.error(
                    40395,
                    "$arrayToObject requires an array of key-value pairs, where the key must be of type string."
                            + " Found key type: " + Operands.typeName(pair.get(0)));
        }
        add(fields, pair.get(0).asString(), pair.get(1), 4940400);
    }

    private static void add(Map<String, Value> fields, String key, Value value, int embeddedNul) {
        if (key.indexOf('\0') >= 0) {
            throw Operands.error(embeddedNul, "Key field cannot contain an embedded null byte");
        }
        fields.put(key, value);
    }

    private static void addKeyed(Map<String, Value> fields, Value element) {
        Doc pair = element.asDoc();
        Value key = pair.get("k");
        Value value = pair.get("v");
        if (pair.count() != 2) {
            throw Operands.error(
                    40392,
                    "$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:"
                            + pair.count());
        }
        if (key == null || value == null) {
            throw Operands.error(
                    40393,
                    "$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys from: "
                            + ValueText.of(element));
        }
        if (!key.isString()) {
            throw Operands.error(
                    40394,
                    "$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type"
                            + " string. Found type: " + Operands.typeName(key));
        }
        add(fields, key.asString(), value, 4940401);
    }

    private static Expression parseGetField(String name, Value argument, ExpressionParser parser) {
        boolean named = argument.isDocument()
                && !(!argument.asDoc().isEmpty()
                        && argument.asDoc().first().name().startsWith("$"));
        if (!named) {
            return getField(name, parser.parse(argument), parser.current());
        }
        Named.Given given = GET.read(name, argument)
                .require("field", 3041702, "OP requires 'field' to be specified")
                .require("input", 3041703, "OP requires 'input' to be specified");
        return getField(name, given.expression("field", parser), given.expression("input", parser));
    }

    /** The parser does not look at constants: they are checked when the first document comes. */
    private static Expression getField(String name, Expression field, Expression input) {
        return new Call(name, List.of(field, input), o -> field(o.get(0), o));
    }

    private static @Nullable Value field(@Nullable Value name, Operands operands) {
        if (name == null || name.type() != Bson.STRING) {
            throw Operands.error(
                    3041704,
                    "$getField requires 'field' to evaluate to type String, but got " + Operands.typeName(name));
        }
        Value input = operands.get(1);
        if (input == null) {
            return null;
        }
        return Operands.isNullish(input)
                ? Value.NULL
                : input.isDocument() ? input.asDoc().get(name.asString()) : null;
    }

    private static Expression parseSetField(String name, Value argument, ExpressionParser parser) {
        Named.Given given = SET.read(name, argument)
                .require("field", 4161102, "OP requires 'field' to be specified")
                .require("value", 4161103, "OP requires 'value' to be specified")
                .require("input", 4161109, "OP requires 'input' to be specified");
        return setField(name, given, given.expression("value", parser), parser);
    }

    private static Expression parseUnsetField(String name, Value argument, ExpressionParser parser) {
        Named.Given given = UNSET.read(name, argument)
                .require("field", 4161102, "OP requires 'field' to be specified")
                .require("input", 4161109, "OP requires 'input' to be specified");
        return setField(name, given, ConstantExpression.MISSING, parser);
    }

    private static Expression setField(String name, Named.Given given, Expression value, ExpressionParser parser) {
        String field = constantName(name, given.get("field"), parser);
        return new Call(name, List.of(given.expression("input", parser), value), o -> {
            if (o.isNullish(0)) {
                return Value.NULL;
            }
            if (!o.at(0).isDocument()) {
                throw Operands.error(4161105, "$setField requires 'input' to evaluate to type Object");
            }
            return Value.document(with(o.at(0).asDoc(), field, o.get(1)));
        });
    }

    private static String constantName(String name, Value spec, ExpressionParser parser) {
        if (spec.isString() && spec.asString().startsWith("$")) {
            parser.parse(spec);
            throw Operands.error(
                    4161108,
                    "'" + spec.asString() + "' is a field path reference which is not allowed in this context."
                            + " Did you mean {$literal: '" + spec.asString() + "'}?");
        }
        Expression field = parser.parse(spec);
        Value constant = ConstantExpression.value(field);
        if (!field.isConstant()) {
            throw Operands.error(
                    4161106, name + " requires 'field' to evaluate to a constant, but got a non-constant argument");
        }
        if (constant == null || !constant.isString()) {
            throw Operands.error(
                    4161107,
                    name + " requires 'field' to evaluate to type String, but got " + Operands.typeName(constant));
        }
        if (constant.asString().indexOf('\0') >= 0) {
            throw Operands.error(9534700, name + ": 'field' cannot contain an embedded null byte");
        }
        return constant.asString();
    }

    /** The document with a field set where it is, or at the end; without it where the value is missing. */
    private static Doc with(Doc document, String name, @Nullable Value value) {
        DocBuilder out = new DocBuilder(document.length() + 32);
        boolean done = false;
        for (Doc.Field field : document) {
            boolean here = field.name().equals(name);
            if (!here) {
                out.append(field.name(), field.value());
            } else if (value != null && !done) {
                out.append(name, value);
            }
            done |= here;
        }
        return !done && value != null ? out.append(name, value).buildDoc() : out.buildDoc();
    }
}

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
    private ObjectOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$mergeObjects", Call.any(AccumulatorOperators::accumulate),
                "$objectToArray", Call.exactly(1, ObjectOperators::toArray),
                "$arrayToObject", Call.exactly(1, ObjectOperators::toObject),
                "$getField", ObjectOperators::parseGetField);
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
        Map<String, Value> fields = new LinkedHashMap<>();
        for (Value element : operands.array(0, 40386, "$arrayToObject requires an array input, found: ")) {
            if (element.isArray()) {
                addPair(fields, BsonArrays.elements(element));
            } else if (element.isDocument()) {
                addKeyed(fields, element.asDoc());
            } else {
                throw Operands.error(
                        40398, "Unrecognised input type format for $arrayToObject: " + Operands.typeName(element));
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
        fields.put(pair.get(0).asString(), pair.get(1));
    }

    private static void addKeyed(Map<String, Value> fields, Doc pair) {
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
                            + ShellText.of(pair));
        }
        if (!key.isString()) {
            throw Operands.error(
                    40394,
                    "$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type"
                            + " string. Found type: " + Operands.typeName(key));
        }
        fields.put(key.asString(), value);
    }

    private static Expression parseGetField(String name, Value argument, ExpressionParser parser) {
        boolean named = argument.isDocument() && argument.asDoc().has("field");
        NamedArguments arguments = named
                ? NamedArguments.of(name, argument, 3041700, 3041701, "field", "input")
                : new NamedArguments(name, Map.of("field", argument));
        Expression field = parser.parse(arguments.required("field", 3041702));
        if (named && arguments.optional("input") == null) {
            throw Operands.error(3041703, "$getField requires 'input' to be specified");
        }
        Expression input = named ? arguments.expression("input", parser) : Scope::root;
        return scope -> field(field.evaluate(scope), input.evaluate(scope));
    }

    private static @Nullable Value field(@Nullable Value name, @Nullable Value input) {
        if (name == null || name.type() != Bson.STRING) {
            throw Operands.error(
                    3041704,
                    "$getField requires 'field' to evaluate to type String, but got " + Operands.typeName(name));
        }
        if (Operands.isNullish(input)) {
            return input == null ? null : Value.NULL;
        }
        return input != null && input.isDocument() ? input.asDoc().get(name.asString()) : null;
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operand of $type: a type's number or alias, {@code "number"}, or an array of those. */
final class TypeSets {
    private static final Map<String, Long> ALIASES = aliases();

    private TypeSets() {}

    static ElementTest parse(String path, Value operand) {
        long types = 0;
        if (operand.isArray()) {
            for (Doc.Field element : operand.asDoc()) {
                types |= one(element.value());
            }
        } else {
            types = one(operand);
        }
        if (types == 0) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, path + " must match at least one type");
        }
        return new ValueTests.Type(types);
    }

    /** The types of a name, as bits; null for a name that is none. */
    static @Nullable Long byAlias(String name) {
        return ALIASES.get(name);
    }

    private static long one(Value operand) {
        if (operand.isString()) {
            Long types = ALIASES.get(operand.asString());
            if (types == null) {
                throw FilterParser.bad("Unknown type name alias: " + operand.asString());
            }
            return types;
        }
        if (!operand.isNumber()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "type must be represented as a number or a string");
        }
        return byNumber(operand);
    }

    private static long byNumber(Value operand) {
        boolean whole = ValueTests.isLong(operand.type(), operand.bytes(), operand.offset(), true);
        long code = whole ? operand.toLong() : Long.MIN_VALUE;
        if (code == 0) {
            throw FilterParser.bad("Invalid numerical type code: 0. Instead use {$exists:false}.");
        }
        if (code == -1) {
            return ValueTests.Type.bit(Bson.MIN_KEY);
        }
        if (code == Bson.MAX_KEY || (code > 0 && code <= Bson.DECIMAL128)) {
            return ValueTests.Type.bit((int) code);
        }
        throw FilterParser.bad("Invalid numerical type code: " + operand);
    }

    private static Map<String, Long> aliases() {
        Map<String, Long> aliases = new HashMap<>();
        for (int type = Bson.DOUBLE; type <= Bson.DECIMAL128; type++) {
            aliases.put(Bson.typeName(type), ValueTests.Type.bit(type));
        }
        aliases.put("minKey", ValueTests.Type.bit(Bson.MIN_KEY));
        aliases.put("maxKey", ValueTests.Type.bit(Bson.MAX_KEY));
        aliases.put(
                "number",
                ValueTests.Type.bit(Bson.INT32)
                        | ValueTests.Type.bit(Bson.INT64)
                        | ValueTests.Type.bit(Bson.DOUBLE)
                        | ValueTests.Type.bit(Bson.DECIMAL128));
        return Map.copyOf(aliases);
    }
}

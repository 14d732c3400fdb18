package dev.offshoot.mask;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What stands in the place of a value that is masked. Immutable. */
sealed interface Replacement {
    /** How many bytes of the digest a hash shows. */
    int HASH_BYTES = 16;

    /** @param value neither an array nor null */
    Value of(Value value, KeyedHash hash);

    /** 32 hexadecimal digits, the same for values that compare equal. */
    record Hash() implements Replacement {
        @Override
        public Value of(Value value, KeyedHash hash) {
            return Value.of(HexFormat.of().formatHex(hash.digest(value), 0, HASH_BYTES));
        }
    }

    /** Three asterisks for a string, null for anything else. */
    record Redact() implements Replacement {
        @Override
        public Value of(Value value, KeyedHash hash) {
            return value.isString() ? Value.of("***") : Value.NULL;
        }
    }

    /** Null for anything. */
    record Null() implements Replacement {
        @Override
        public Value of(Value value, KeyedHash hash) {
            return Value.NULL;
        }
    }

    /** Something made up, the same for values that compare equal. */
    record Fake(FakeKind kind) implements Replacement {
        @Override
        public Value of(Value value, KeyedHash hash) {
            return kind.of(hash.digest(value));
        }
    }

    /**
     * Reads <code>"hash"</code>, <code>"redact"</code>, <code>"null"</code> or <code>{fake: KIND}</code>.
     *
     * @param path for the message
     * @throws CommandException BadValue for anything else
     */
    static Replacement parse(String path, Value rule) {
        Replacement named = rule.isString() ? named(rule.asString()) : null;
        if (named != null) {
            return named;
        }
        Value kind = rule.type() == Bson.DOCUMENT && rule.asDoc().count() == 1
                ? rule.asDoc().get("fake")
                : null;
        if (kind != null && kind.isString()) {
            return new Fake(FakeKind.parse(path, kind.asString()));
        }
        throw new CommandException(
                ErrorCode.BAD_VALUE,
                "the mask of '" + path + "' is " + rule + "; it takes 'hash', 'redact', 'null' or {fake: KIND}, where"
                        + " KIND is one of " + FakeKind.names());
    }

    private static @Nullable Replacement named(String rule) {
        return switch (rule) {
            case "hash" -> new Hash();
            case "redact" -> new Redact();
            case "null" -> new Null();
            default -> null;
        };
    }
}

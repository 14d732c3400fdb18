package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bson.types.Decimal128;

/**
 * MongoDB's hash of a value, as hashed indexes and {@code $toHashedIndexKey} have it: the first eight bytes of an MD5 over the
 * seed, the type's place in the order of types, and the value; numbers count as what they are as an int64, so that 1 and 1.9 have
 * one hash.
 */
public final class HashedValue {
    private static final int SEED = 0;

    private final MessageDigest digest;
    private final byte[] eight = new byte[8];

    private HashedValue() {
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has MD5", e);
        }
    }

    /** The hash; callers give null for what is missing. */
    public static long of(Value value) {
        HashedValue hash = new HashedValue();
        hash.addInt(SEED);
        hash.add(value);
        return Bson.int64(hash.digest.digest(), 0);
    }

    private void addInt(int value) {
        Bson.putInt32(eight, 0, value);
        digest.update(eight, 0, 4);
    }

    private void add(Value value) {
        addInt(kind(value.type()));
        addContent(value);
    }

    private static int kind(int type) {
        return switch (type) {
            case Bson.MIN_KEY -> -1;
            case Bson.UNDEFINED -> 0;
            default -> BsonOrder.bracket(type);
        };
    }

    private void addContent(Value value) {
        switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 -> {
                Bson.putInt64(eight, 0, whole(value));
                digest.update(eight, 0, 8);
            }
            case Bson.DOCUMENT, Bson.ARRAY -> addFields(value.asDoc());
            case Bson.CODE_WITH_SCOPE -> {
                int code = Bson.int32(value.bytes(), value.offset() + 4);
                digest.update(value.bytes(), value.offset() + 8, code);
                addFields(Doc.view(value.bytes(), value.offset() + 8 + code));
            }
            default -> digest.update(value.bytes(), value.offset(), value.length());
        }
    }

    private void addFields(Doc document) {
        for (Doc.Field field : document) {
            addInt(kind(field.value().type()));
            digest.update(field.name().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            addContent(field.value());
        }
        addInt(0);
    }

    /** Towards zero, within the range of an int64; NaN is 0. */
    private static long whole(Value number) {
        if (number.type() != Bson.DECIMAL128 || !Decimals.isFinite(number.asDecimal())) {
            return number.toLong();
        }
        Decimal128 decimal = number.asDecimal();
        Long exact = Decimals.toLong(decimal, RoundingMode.DOWN);
        BigDecimal value = Decimals.exact(decimal);
        return exact != null ? exact : value.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
}

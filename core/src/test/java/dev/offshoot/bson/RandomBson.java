package dev.offshoot.bson;

import java.util.Arrays;
import java.util.Random;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Random values and documents, rich in neighbours: few names, few distinct values, every type, equal numbers of all types. */
public final class RandomBson {
    private static final long[] LONGS = {
        0,
        1,
        -1,
        2,
        63,
        64,
        -64,
        127,
        128,
        255,
        256,
        32767,
        1L << 31,
        1L << 53,
        (1L << 53) + 1,
        -(1L << 53) - 1,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1
    };
    private static final double[] DOUBLES = {
        0.0,
        -0.0,
        1,
        -1,
        0.1,
        -0.1,
        0.5,
        1.5,
        127.5,
        -127.5,
        1e-300,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        0x1p53,
        0x1p63,
        -0x1p63,
        1e300,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };
    private static final String[] DECIMALS = {
        "0",
        "-0",
        "0E+10",
        "1",
        "1.00",
        "-1",
        "0.1",
        "-0.1",
        "0.5",
        "1.5",
        "127.5",
        "9007199254740993",
        "9007199254740992.5",
        "9223372036854775807",
        "9223372036854775807.5",
        "9223372036854775808",
        "1E+6144",
        "-1E+6144",
        "1E-6176",
        "-1E-6176",
        "1E-320",
        "9.999999999999999999999999999999999E+6144",
        "NaN",
        "Infinity",
        "-Infinity",
        "0.1000000000000000055511151231257827",
        "0.1000000000000000055511151231257828"
    };
    private static final String[] STRINGS = {
        "", "a", "aa", "b", "\0", "\0a", "\1", "\1\2", "a\0", "a\1", "é", "\uD83D\uDE00", "z"
    };
    private static final String[] NAMES = {"a", "b", "c", "ab", ""};

    private final Random random;

    public RandomBson(Random random) {
        this.random = random;
    }

    /** A number of any type; half the time one on an edge. */
    public Value number() {
        return switch (random.nextInt(6)) {
            case 0 -> Value.of(random.nextInt(5) - 2);
            case 1 -> Value.of(LONGS[random.nextInt(LONGS.length)]);
            case 2 -> Value.of(DOUBLES[random.nextInt(DOUBLES.length)]);
            case 3 -> Value.of(Decimal128.parse(DECIMALS[random.nextInt(DECIMALS.length)]));
            case 4 -> Value.of(random.nextLong() >> random.nextInt(64));
            default -> Value.of(Double.longBitsToDouble(random.nextLong()));
        };
    }

    public Value string() {
        return Value.of(STRINGS[random.nextInt(STRINGS.length)] + STRINGS[random.nextInt(STRINGS.length)]);
    }

    /** A value of any type, nested at most so deep. */
    public Value value(int depth) {
        return switch (random.nextInt(depth > 0 ? 20 : 16)) {
            case 0, 1, 2, 3 -> number();
            case 4, 5 -> string();
            case 6 -> Value.NULL;
            case 7 -> Value.of(random.nextBoolean());
            case 8 -> Value.of(new ObjectId(random.nextInt(3), random.nextInt(3)));
            case 9 -> random.nextBoolean() ? Value.date(random.nextLong()) : Value.date(random.nextInt(3) - 1);
            case 10 -> Value.timestamp(random.nextLong() >> random.nextInt(64));
            case 11 -> Value.binary(random.nextInt(3), new byte[] {1, 2, 3, (byte) random.nextInt()});
            case 12 -> Value.binary(0, new byte[random.nextInt(4) == 0 ? 254 + random.nextInt(4) : random.nextInt(3)]);
            case 13 -> random.nextBoolean() ? Value.MIN_KEY : Value.MAX_KEY;
            case 14 -> Value.view(Bson.UNDEFINED, new byte[0], 0);
            case 15 -> rare();
            case 16, 17 -> Value.document(document(depth - 1));
            default -> Value.array(array(depth - 1));
        };
    }

    private Value rare() {
        byte[] text = string().bytes();
        return switch (random.nextInt(5)) {
            case 0 -> Value.view(Bson.SYMBOL, text, 0);
            case 1 -> Value.view(Bson.CODE, text, 0);
            case 2 -> Value.view(Bson.REGEX, new byte[] {(byte) ('a' + random.nextInt(2)), 0, 'i', 0}, 0);
            case 3 -> {
                byte[] pointer = Arrays.copyOf(text, text.length + 12);
                pointer[text.length] = (byte) random.nextInt();
                yield Value.view(Bson.DB_POINTER, pointer, 0);
            }
            default -> codeWithScope(text);
        };
    }

    private Value codeWithScope(byte[] text) {
        byte[] scope = document(0).toBytes();
        byte[] bytes = new byte[4 + text.length + scope.length];
        Bson.putInt32(bytes, 0, bytes.length);
        System.arraycopy(text, 0, bytes, 4, text.length);
        System.arraycopy(scope, 0, bytes, 4 + text.length, scope.length);
        return Value.view(Bson.CODE_WITH_SCOPE, bytes, 0);
    }

    public Doc document(int depth) {
        DocBuilder builder = new DocBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
            builder.append(NAMES[random.nextInt(NAMES.length)], value(depth));
        }
        return builder.buildDoc();
    }

    public Doc array(int depth) {
        DocBuilder builder = new DocBuilder();
        for (int n = random.nextInt(4); n > 0; n--) {
            builder.add(value(depth));
        }
        return builder.buildDoc();
    }
}

package dev.offshoot.bson;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class KeyWriterTest {
    private static byte[] key(Value value, boolean descending) {
        return new KeyWriter().append(value, descending).toBytes();
    }

    @Test
    void keys_are_ordered_as_their_values() {
        int equal = 0;
        for (long seed = 0; seed < 10; seed++) {
            RandomBson random = new RandomBson(new Random(seed));
            List<Value> values = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                values.add(i % 3 == 0 ? random.number() : random.value(3));
            }
            for (Value a : values) {
                for (Value b : values) {
                    int order = Integer.signum(BsonOrder.compare(a, b));
                    equal += order == 0 && !a.equals(b) ? 1 : 0;
                    boolean right = isOrdered(key(a, false), key(b, false), order)
                            && isOrdered(key(a, true), key(b, true), -order)
                            && Arrays.equals(key(a, true), key(b, true)) == (order == 0);
                    if (!right) {
                        throw new AssertionError(a + " and " + b + ", seed " + seed);
                    }
                }
            }
        }
        assertThat(equal).isGreaterThan(100);
    }

    @Test
    void compound_keys_are_ordered_field_by_field_whatever_follows_them() {
        int decidedLater = 0;
        for (long seed = 0; seed < 30; seed++) {
            Random chance = new Random(seed);
            RandomBson random = new RandomBson(chance);
            boolean[] descending = {chance.nextBoolean(), chance.nextBoolean(), chance.nextBoolean()};
            List<Value[]> rows = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Value first = chance.nextBoolean() ? Value.of(chance.nextInt(2)) : random.string();
                rows.add(new Value[] {first, random.value(1), random.value(1)});
            }
            for (Value[] a : rows) {
                for (Value[] b : rows) {
                    int order = compare(a, b, descending);
                    decidedLater += order != 0 && BsonOrder.compare(a[0], b[0]) == 0 ? 1 : 0;
                    if (!isOrdered(row(a, descending, chance), row(b, descending, chance), order)) {
                        throw new AssertionError(Arrays.toString(a) + " and " + Arrays.toString(b) + ", seed " + seed);
                    }
                }
            }
        }
        assertThat(decidedLater).isGreaterThan(1000);
    }

    private static int compare(Value[] a, Value[] b, boolean[] descending) {
        for (int i = 0; i < a.length; i++) {
            int order = Integer.signum(BsonOrder.compare(a[i], b[i]));
            if (order != 0) {
                return descending[i] ? -order : order;
            }
        }
        return 0;
    }

    /** A compound key and a random record id behind it. */
    private static byte[] row(Value[] values, boolean[] descending, Random chance) {
        KeyWriter writer = new KeyWriter();
        for (int i = 0; i < values.length; i++) {
            writer.append(values[i], descending[i]);
        }
        int size = writer.size();
        byte[] id = new byte[8];
        chance.nextBytes(id);
        return Arrays.copyOf(writer.appendRaw(id).toBytes(), size + 8);
    }

    /** Whether two keys have an order and neither is the beginning of the other. */
    private static boolean isOrdered(byte[] a, byte[] b, int order) {
        return order == 0
                || (Integer.signum(Arrays.compareUnsigned(a, b)) == order
                        && Arrays.mismatch(a, b) < Math.min(a.length, b.length));
    }

    @Test
    void equal_values_give_equal_keys() {
        for (long seed = 0; seed < 50; seed++) {
            RandomBson random = new RandomBson(new Random(seed));
            List<Value> numbers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                numbers.add(random.number());
            }
            for (Value a : numbers) {
                for (Value b : numbers) {
                    if (Arrays.equals(key(a, false), key(b, false)) != (BsonOrder.compare(a, b) == 0)) {
                        throw new AssertionError(a + " and " + b + ", seed " + seed);
                    }
                }
            }
        }
        Doc whole = new DocBuilder().append("a", 1).buildDoc();
        Doc decimal =
                new DocBuilder().append("a", Value.of(Decimal128.parse("1.0"))).buildDoc();
        assertThat(key(Value.document(whole), true)).isEqualTo(key(Value.document(decimal), true));
    }

    @Test
    void the_bytes_of_keys_stay_what_they_are() {
        assertThat(hex(Value.of(0))).isEqualTo("2a");
        assertThat(hex(Value.of(1))).isEqualTo("2c02");
        assertThat(hex(Value.of(127))).isEqualTo("2cfe");
        assertThat(hex(Value.of(128))).isEqualTo("2d0100");
        assertThat(hex(Value.of(-1L))).isEqualTo("28fd");
        assertThat(hex(Value.of(1.5))).isEqualTo("2c033ff800000000000000");
        assertThat(hex(Value.of("a\0b"))).isEqualTo("3c6101016200");
        assertThat(hex(Value.of(new ObjectId("0102030405060708090a0b0c")))).isEqualTo("640102030405060708090a0b0c");
        assertThat(hex(Value.date(0))).isEqualTo("788000000000000000");
        assertThat(hex(Value.NULL)).isEqualTo("14");
        assertThat(hex(Value.document(new DocBuilder().append("a", 1).buildDoc())))
                .isEqualTo("460b61002c0200");
    }

    private static String hex(Value value) {
        return HexFormat.of().formatHex(key(value, false));
    }

    @Test
    void a_writer_can_be_used_again() {
        KeyWriter writer = new KeyWriter().append(Value.of("x"), false);
        int size = writer.size();
        writer.append(Value.of(1), false).truncate(size).append(Value.of(2), true);
        byte[] both = new KeyWriter()
                .append(Value.of("x"), false)
                .append(Value.of(2), true)
                .toBytes();
        assertThat(writer.toBytes()).isEqualTo(both);
        assertThat(writer.reset().append(Value.TRUE, false).toBytes()).isEqualTo(key(Value.TRUE, false));
    }
}

package dev.offshoot.bson;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class BsonOrderTest {
    private static Doc doc(String name, Value value) {
        return new DocBuilder().append(name, value).buildDoc();
    }

    private static Doc array(int... values) {
        DocBuilder builder = new DocBuilder();
        for (int value : values) {
            builder.add(Value.of(value));
        }
        return builder.buildDoc();
    }

    @Test
    void values_of_all_types_are_ordered_as_mongodb_orders_them() {
        List<Value> ascending = List.of(
                Value.MIN_KEY,
                Value.view(Bson.UNDEFINED, new byte[0], 0),
                Value.NULL,
                Value.of(Double.NaN),
                Value.of(Double.NEGATIVE_INFINITY),
                Value.of(Decimal128.parse("-1E+400")),
                Value.of(-Double.MAX_VALUE),
                Value.of(Long.MIN_VALUE),
                Value.of(-1),
                Value.of(Decimal128.parse("-1E-6176")),
                Value.of(-0.0),
                Value.of(Double.MIN_VALUE),
                Value.of(Decimal128.parse("0.1")),
                Value.of(0.1),
                Value.of(1L),
                Value.of(0x1p53),
                Value.of((1L << 53) + 1),
                Value.of(Decimal128.parse("9007199254740993.5")),
                Value.of(Long.MAX_VALUE),
                Value.of(0x1p63),
                Value.of(Double.POSITIVE_INFINITY),
                Value.of(""),
                Value.of("Z"),
                Value.of("a"),
                Value.of("a\0"),
                Value.of("aa"),
                Value.of("\uFFFF"),
                Value.of("\uD83D\uDE00"),
                Value.document(Doc.EMPTY),
                Value.document(doc("b", Value.of(1))),
                Value.document(doc("b", Value.of(2))),
                Value.document(new DocBuilder(64).append("b", 2).append("a", 1).buildDoc()),
                Value.document(doc("c", Value.of(1))),
                Value.document(doc("a", Value.of("x"))),
                Value.array(Doc.EMPTY),
                Value.array(array(1)),
                Value.array(array(1, 2)),
                Value.array(array(2)),
                Value.binary(new byte[0]),
                Value.binary(new byte[] {-1}),
                Value.binary(1, new byte[] {0}),
                Value.binary(new byte[] {0, 0}),
                Value.of(new ObjectId("000000000000000000000001")),
                Value.of(new ObjectId("ff0000000000000000000000")),
                Value.FALSE,
                Value.TRUE,
                Value.date(-1),
                Value.date(1),
                Value.timestamp(1),
                Value.timestamp(-1),
                Value.view(Bson.REGEX, new byte[] {'a', 0, 0}, 0),
                Value.view(Bson.REGEX, new byte[] {'a', 0, 'i', 0}, 0),
                Value.view(Bson.CODE, Value.of("a").bytes(), 0),
                Value.MAX_KEY);
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                assertThat(Integer.signum(BsonOrder.compare(ascending.get(i), ascending.get(j))))
                        .as("%s and %s", ascending.get(i), ascending.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    void numbers_are_equal_whatever_their_type() {
        List<Value> ones = List.of(Value.of(1), Value.of(1L), Value.of(1.0), Value.of(Decimal128.parse("1.000")));
        List<Value> zeros = List.of(Value.of(0), Value.of(-0.0), Value.of(Decimal128.parse("-0E+3")));
        List<Value> nans = List.of(Value.of(Double.NaN), Value.of(Decimal128.NaN));
        for (List<Value> equal : List.of(ones, zeros, nans)) {
            for (Value a : equal) {
                for (Value b : equal) {
                    assertThat(BsonOrder.compare(a, b)).as("%s and %s", a, b).isZero();
                }
            }
        }
    }

    @Test
    void numbers_compare_by_their_exact_value() {
        for (long seed = 0; seed < 200; seed++) {
            RandomBson random = new RandomBson(new Random(seed));
            for (int i = 0; i < 100; i++) {
                Value a = random.number();
                Value b = random.number();
                if (isFinite(a) && isFinite(b)) {
                    assertThat(Integer.signum(BsonOrder.compare(a, b)))
                            .as("%s and %s, seed %s", a, b, seed)
                            .isEqualTo(exact(a).compareTo(exact(b)));
                }
            }
        }
    }

    private static boolean isFinite(Value number) {
        return number.type() == Bson.DECIMAL128
                ? !number.asDecimal().isNaN() && !number.asDecimal().isInfinite()
                : Double.isFinite(number.toDouble());
    }

    private static BigDecimal exact(Value number) {
        return switch (number.type()) {
            case Bson.DOUBLE -> new BigDecimal(number.asDouble());
            case Bson.DECIMAL128 -> new BigDecimal(number.asDecimal().toString());
            default -> BigDecimal.valueOf(number.toLong());
        };
    }

    @Test
    void the_order_is_total() {
        for (long seed = 0; seed < 100; seed++) {
            RandomBson random = new RandomBson(new Random(seed));
            for (int i = 0; i < 200; i++) {
                Value a = random.value(2);
                Value b = random.value(2);
                Value c = random.value(2);
                int ab = BsonOrder.compare(a, b);
                assertThat(Integer.signum(BsonOrder.compare(b, a)))
                        .as("%s and %s, seed %s", a, b, seed)
                        .isEqualTo(-Integer.signum(ab));
                if (ab <= 0 && BsonOrder.compare(b, c) <= 0) {
                    assertThat(BsonOrder.compare(a, c))
                            .as("%s and %s and %s, seed %s", a, b, c, seed)
                            .isLessThanOrEqualTo(0);
                }
            }
        }
    }
}

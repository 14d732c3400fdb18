package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A series of preferred numbers, whose members a {@code $bucketAuto} takes for its boundaries; each holds at every power of ten. */
sealed interface Granularity {
    /** The least member of the series that is greater than a number; 0 stays 0. */
    Value roundUp(Value number);

    /** The greatest member of the series that is less than a number; 0 stays 0. */
    Value roundDown(Value number);

    static Granularity named(String name) {
        if (name.equals("POWERSOF2")) {
            return new PowersOfTwo();
        }
        int[] series = Preferred.SERIES.get(name);
        if (series == null) {
            throw Operands.error(40257, "Unknown rounding granularity '" + name + "'");
        }
        return new Preferred(series);
    }

    /** Refuses what cannot be rounded. */
    static void check(@Nullable Value key) {
        if (key == null || !key.isNumber()) {
            throw Operands.error(
                    40258,
                    "$bucketAuto can specify a 'granularity' with numeric boundaries only, but found a value with type: "
                            + Operands.typeName(key));
        }
        if (Numbers.isNaN(key)) {
            throw Operands.error(
                    40259, "$bucketAuto can specify a 'granularity' with numeric boundaries only, but found a NaN");
        }
        if (key.toDouble() < 0) {
            throw Operands.error(
                    40260,
                    "$bucketAuto can specify a 'granularity' with non-negative numbers only, but found a negative"
                            + " number");
        }
    }

    /** Renard series, E series and 1-2-5: their members between two powers of ten. */
    record Preferred(int[] series) implements Granularity {
        private static final Map<String, int[]> SERIES = Map.ofEntries(
                entry("R5", "10 16 25 40 63"),
                entry("R10", "100 125 160 200 250 315 400 500 630 800"),
                entry("R20", "100 112 125 140 160 180 200 224 250 280 315 355 400 450 500 560 630 710 800 900"),
                entry(
                        "R40",
                        "100 106 112 118 125 132 140 150 160 170 180 190 200 212 224 236 250 265 280 300 315 355 375"
                                + " 400 425 450 475 500 530 560 600 630 670 710 750 800 850 900 950"),
                entry(
                        "R80",
                        "103 109 115 122 128 136 145 155 165 175 185 195 206 218 230 243 258 272 290 307 325 345 365"
                                + " 387 412 437 462 487 515 545 575 615 650 690 730 775 825 875 925 975"),
                entry("1-2-5", "10 20 50"),
                entry("E6", "10 15 22 33 47 68"),
                entry("E12", "10 12 15 18 22 27 33 39 47 56 68 82"),
                entry("E24", "10 11 12 13 15 16 18 20 22 24 27 30 33 36 39 43 47 51 56 62 68 75 82 91"),
                entry(
                        "E48",
                        "100 105 110 115 121 127 133 140 147 154 162 169 178 187 196 205 215 226 237 249 261 274 287"
                                + " 301 316 332 348 365 383 402 422 442 464 487 511 536 562 590 619 649 681 715 750"
                                + " 787 825 866 909 953"),
                entry(
                        "E96",
                        "100 102 105 107 110 113 115 118 121 124 127 130 133 137 140 143 147 150 154 158 162 165 169"
                                + " 174 178 182 187 191 196 200 205 210 215 221 226 232 237 243 249 255 261 267 274"
                                + " 280 287 294 301 309 316 324 332 340 348 357 365 374 383 392 402 412 422 432 442"
                                + " 453 464 475 487 499 511 523 536 549 562 576 590 604 619 634 649 665 681 698 715"
                                + " 732 750 768 787 806 825 845 866 887 909 931 953 976"),
                entry(
                        "E192",
                        "100 101 102 104 105 106 107 109 110 111 113 114 115 117 118 120 121 123 124 126 127 129 130"
                                + " 132 133 135 137 138 140 142 143 145 147 149 150 152 154 156 158 160 162 164 165"
                                + " 167 169 172 174 176 178 180 182 184 187 189 191 193 196 198 200 203 205 208 210"
                                + " 213 215 218 221 223 226 229 232 234 237 240 243 246 249 252 255 258 261 264 267"
                                + " 271 274 277 280 284 287 291 294 298 301 305 309 312 316 320 324 328 332 336 340"
                                + " 344 348 352 357 361 365 370 374 379 383 388 392 397 402 407 412 417 422 427 432"
                                + " 437 442 448 453 459 464 470 475 481 487 493 499 505 511 517 523 530 536 542 549"
                                + " 556 562 569 576 583 590 597 604 612 619 626 634 642 649 657 665 673 681 690 698"
                                + " 706 715 723 732 741 750 759 768 777 787 796 806 816 825 835 845 856 866 876 887"
                                + " 898 909 920 931 942 953 965 976 988"));

        private static Map.Entry<String, int[]> entry(String name, String members) {
            return Map.entry(
                    name,
                    Stream.of(members.split(" ")).mapToInt(Integer::parseInt).toArray());
        }

        private double first() {
            return series[0];
        }

        private double last() {
            return series[series.length - 1];
        }

        @Override
        public Value roundUp(Value number) {
            if (number.toDouble() == 0) {
                return number;
            }
            return number.type() == Bson.DECIMAL128 ? up(decimal(number)) : Value.of(up(number.toDouble()));
        }

        /** Scaled as doubles, by factors of ten one after the other, so that the results are the server's to the last bit. */
        private double up(double number) {
            double scale = 1;
            while (number >= last() * scale) {
                scale *= 10;
            }
            while (number < first() * scale) {
                double before = first() * scale;
                scale /= 10;
                if (number >= last() * scale) {
                    return before;
                }
            }
            for (int member : series) {
                if (member * scale > number) {
                    return member * scale;
                }
            }
            throw new AssertionError(number + " is above the series");
        }

        @Override
        public Value roundDown(Value number) {
            if (number.toDouble() == 0) {
                return number;
            }
            return number.type() == Bson.DECIMAL128 ? down(decimal(number)) : Value.of(down(number.toDouble()));
        }

        private double down(double number) {
            double scale = 1;
            while (number <= first() * scale) {
                scale /= 10;
            }
            while (number > last() * scale) {
                double before = last() * scale;
                scale *= 10;
                if (number <= first() * scale) {
                    return before;
                }
            }
            for (int i = series.length - 1; i >= 0; i--) {
                if (series[i] * scale < number) {
                    return series[i] * scale;
                }
            }
            throw new AssertionError(number + " is below the series");
        }

        private static BigDecimal decimal(Value number) {
            return number.asDecimal().bigDecimalValue();
        }

        /** The power of ten of a member's last digit, where the number is between that power's members. */
        private int exponent(BigDecimal number) {
            int digits = Integer.toString(series[0]).length();
            return number.precision() - number.scale() - digits;
        }

        private Value up(BigDecimal number) {
            int exponent = exponent(number);
            for (int member : series) {
                BigDecimal scaled = BigDecimal.valueOf(member).scaleByPowerOfTen(exponent);
                if (scaled.compareTo(number) > 0) {
                    return plain(scaled);
                }
            }
            return plain(BigDecimal.valueOf(series[0]).scaleByPowerOfTen(exponent + 1));
        }

        private Value down(BigDecimal number) {
            int exponent = exponent(number);
            for (int i = series.length - 1; i >= 0; i--) {
                BigDecimal scaled = BigDecimal.valueOf(series[i]).scaleByPowerOfTen(exponent);
                if (scaled.compareTo(number) < 0) {
                    return plain(scaled);
                }
            }
            return plain(BigDecimal.valueOf(series[series.length - 1]).scaleByPowerOfTen(exponent - 1));
        }

        private static Value plain(BigDecimal number) {
            BigDecimal stripped = number.stripTrailingZeros();
            return Value.of(Decimals.of(stripped.scale() < 0 ? stripped.setScale(0) : stripped));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Preferred that && Arrays.equals(series, that.series);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(series);
        }
    }

    /** Powers of two. */
    record PowersOfTwo() implements Granularity {
        @Override
        public Value roundUp(Value number) {
            if (number.toDouble() == 0) {
                return number;
            }
            return power(number, isWholeType(number) ? bits(number) : exponentBelow(number) + 1);
        }

        @Override
        public Value roundDown(Value number) {
            if (number.toDouble() == 0) {
                return number;
            }
            boolean exact = isWholeType(number)
                    ? Long.bitCount(number.toLong()) == 1
                    : Math.scalb(1.0, exponentBelow(number)) == number.toDouble();
            int below = isWholeType(number) ? bits(number) - 1 : exponentBelow(number);
            return power(number, exact ? below - 1 : below);
        }

        private static boolean isWholeType(Value number) {
            return number.type() == Bson.INT32 || number.type() == Bson.INT64;
        }

        private static int bits(Value number) {
            return Long.SIZE - Long.numberOfLeadingZeros(number.toLong());
        }

        private static int exponentBelow(Value number) {
            return Math.getExponent(number.toDouble());
        }

        /** As {@code $pow} answers it: whole where two and the exponent are and it fits. */
        private static Value power(Value like, int exponent) {
            if (like.type() == Bson.DECIMAL128) {
                BigDecimal two = BigDecimal.valueOf(2);
                return Value.of(
                        Decimals.of(exponent >= 0 ? two.pow(exponent) : BigDecimal.ONE.divide(two.pow(-exponent))));
            }
            if (exponent >= 0 && exponent < Long.SIZE - 1) {
                return Numbers.narrow(1L << exponent);
            }
            return Value.of(Math.scalb(1.0, exponent));
        }
    }
}

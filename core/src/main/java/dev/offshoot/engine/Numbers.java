package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** How commands read numbers as whole ones. */
final class Numbers {
    private static final double LONG_LIMIT = 0x1p63;

    private Numbers() {}

    /** Any number as a long: a double without its fraction, a decimal rounded to the nearest even, both kept within the range. */
    static long rounded(Value number) {
        if (number.type() != Bson.DECIMAL128 || !(Math.abs(number.toDouble()) < LONG_LIMIT)) {
            return number.toLong();
        }
        BigDecimal exact = new BigDecimal(number.asDecimal().toString());
        return exact.setScale(0, RoundingMode.HALF_EVEN).longValue();
    }

    /**
     * A number that is a whole one already.
     *
     * @throws CommandException FailedToParse for a fraction, NaN and what a long does not hold
     */
    static long whole(String field, Value number) {
        double value = number.toDouble();
        if (value != Math.rint(value) || value < -LONG_LIMIT || value > LONG_LIMIT) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, field + " has to be a whole number of 64 bits, not " + number);
        }
        return number.toLong();
    }
}

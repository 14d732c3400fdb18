package dev.offshoot.engine;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;

/** Numbers that commands take as whole ones only. */
final class Numbers {
    private static final double LONG_LIMIT = 0x1p63;

    private Numbers() {}

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

package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.time.DayOfWeek;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code $dateAdd}, {@code $dateSubtract}, {@code $dateDiff} and {@code $dateTrunc}. */
final class DateArithmeticOperators {
    private static final String NOT_OBJECT = "OP only supports an object as its argument";
    private static final Named ADD = new Named(
            "startDate unit amount timezone",
            5166400,
            "OP expects an object as its argument",
            5166401,
            "Unrecognized argument to OP: ARG. Expected arguments are startDate, unit, amount, and optionally timezone.");
    private static final Named DIFF = new Named(
            "startDate endDate unit timezone startOfWeek",
            5166301,
            NOT_OBJECT,
            5166302,
            "Unrecognized argument to OP: ARG");
    private static final Named TRUNC = new Named(
            "date unit binSize timezone startOfWeek",
            5439007,
            NOT_OBJECT,
            5439008,
            "Unrecognized argument to OP: ARG. Expected arguments are date, unit, and optionally, binSize, timezone,"
                    + " startOfWeek");

    private DateArithmeticOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$dateAdd",
                addition(1),
                "$dateSubtract",
                addition(-1),
                "$dateDiff",
                DateArithmeticOperators::parseDiff,
                "$dateTrunc",
                DateArithmeticOperators::parseTrunc);
    }

    private static Operator addition(int sign) {
        return (name, argument, parser) -> {
            Named.Given given = ADD.read(name, argument);
            for (String required : List.of("startDate", "unit", "amount")) {
                given.require(required, 5166402, "OP requires startDate, unit, and amount to be present");
            }
            boolean zoned = given.has("timezone");
            List<Expression> operands = given.operands(parser, "startDate", "unit", "amount", "timezone");
            return Call.of(name, operands, o -> {
                if (o.isNullish(0) || o.isNullish(1)) {
                    return Value.NULL;
                }
                DateUnit unit = DateUnit.of(o.at(1), name);
                ZoneId zone = o.isNullish(2) ? null : TimeZones.of(o.get(3), zoned);
                return zone == null ? Value.NULL : added(o, unit, zone, sign);
            });
        };
    }

    private static Value added(Operands operands, DateUnit unit, ZoneId zone, int sign) {
        if (!Dates.isDate(operands.at(0))) {
            throw Operands.error(5166403, operands.name() + " requires startDate to be convertible to a date");
        }
        if (!Numbers.isWhole(operands.at(2))) {
            throw Operands.error(5166405, operands.name() + " expects integer amount of time units");
        }
        long amount = operands.at(2).toLong();
        if (sign < 0 && amount == Long.MIN_VALUE) {
            throw Operands.error(6045000, "invalid $dateSubtract 'amount' parameter value: " + amount);
        }
        return Value.date(unit.add(Dates.millis(operands.at(0)), amount * sign, zone));
    }

    private static Expression parseDiff(String name, Value argument, ExpressionParser parser) {
        Named.Given given = DIFF.read(name, argument)
                .require("startDate", 5166303, "Missing 'startDate' parameter to OP")
                .require("endDate", 5166304, "Missing 'endDate' parameter to OP")
                .require("unit", 5166305, "Missing 'unit' parameter to OP");
        boolean zoned = given.has("timezone");
        boolean week = given.has("startOfWeek");
        List<Expression> operands = given.operands(parser, "startDate", "endDate", "unit", "timezone", "startOfWeek");
        return Call.of(name, operands, o -> {
            if (o.isNullish(0) || o.isNullish(1) || o.isNullish(2)) {
                return Value.NULL;
            }
            DateUnit unit = DateUnit.of(o.at(2), name);
            DayOfWeek start = DateUnit.orNull(o, 4, week && unit == DateUnit.WEEK, name);
            ZoneId zone = start == null ? null : timezone(o, 3, zoned);
            if (start == null || zone == null) {
                return Value.NULL;
            }
            long from = date(o, 0, "startDate", 5166307);
            return Value.of(unit.difference(from, date(o, 1, "endDate", 5166307), zone, start));
        });
    }

    private static @Nullable ZoneId timezone(Operands operands, int i, boolean given) {
        try {
            return TimeZones.of(operands.get(i), given);
        } catch (CommandException e) {
            throw e.within(operands.name() + " parameter 'timezone' value parsing failed");
        }
    }

    private static long date(Operands operands, int i, String what, int errorNumber) {
        if (!Dates.isDate(operands.at(i))) {
            throw Operands.error(
                    errorNumber,
                    operands.name() + " requires '" + what + "' to be a date, but got " + operands.typeName(i));
        }
        return Dates.millis(operands.at(i));
    }

    private static Expression parseTrunc(String name, Value argument, ExpressionParser parser) {
        Named.Given given = TRUNC.read(name, argument)
                .require("date", 5439009, "Missing 'date' parameter to OP")
                .require("unit", 5439010, "Missing 'unit' parameter to OP");
        boolean binned = given.has("binSize");
        boolean zoned = given.has("timezone");
        boolean week = given.has("startOfWeek");
        List<Expression> operands = given.operands(parser, "date", "unit", "binSize", "timezone", "startOfWeek");
        return Call.of(name, operands, o -> {
            if (o.isNullish(0) || (binned && o.isNullish(2)) || o.isNullish(1)) {
                return Value.NULL;
            }
            long binSize = binned ? binSize(o) : 1;
            DateUnit unit = DateUnit.of(o.at(1), name);
            DayOfWeek start = DateUnit.orNull(o, 4, week && unit == DateUnit.WEEK, name);
            ZoneId zone = start == null ? null : timezone(o, 3, zoned);
            return start == null || zone == null
                    ? Value.NULL
                    : Value.date(unit.truncate(date(o, 0, "date", 5439012), binSize, zone, start));
        });
    }

    private static long binSize(Operands operands) {
        if (!Numbers.isWhole(operands.at(2))) {
            throw Operands.error(
                    5439017,
                    "$dateTrunc requires 'binSize' to be a 64-bit integer, but got value '" + operands.text(2)
                            + "' of type " + operands.typeName(2));
        }
        long binSize = operands.at(2).toLong();
        if (binSize <= 0) {
            throw Operands.error(
                    5439018, "$dateTrunc requires 'binSize' to be greater than 0, but got value " + binSize);
        }
        return binSize;
    }
}

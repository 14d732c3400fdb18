package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code $dateFromParts} and {@code $dateToParts}. */
final class DatePartsOperators {
    private static final String NOT_OBJECT = "OP only supports an object as its argument";
    private static final String UNKNOWN = "Unrecognized argument to OP: ARG";
    private static final List<String> ORDER = List.of(
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "millisecond",
            "isoWeekYear",
            "isoWeek",
            "isoDayOfWeek",
            "timezone");
    private static final Named FROM_PARTS = new Named(String.join(" ", ORDER), 40519, NOT_OBJECT, 40518, UNKNOWN);
    private static final Named TO_PARTS = new Named("date timezone iso8601", 40524, NOT_OBJECT, 40520, UNKNOWN);

    private DatePartsOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$dateFromParts", DatePartsOperators::parseFromParts,
                "$dateToParts", DatePartsOperators::parseToParts);
    }

    private static Expression parseFromParts(String name, Value argument, ExpressionParser parser) {
        Named.Given given = FROM_PARTS.read(name, argument);
        boolean natural = given.has("year");
        boolean iso = given.has("isoWeekYear");
        if (!natural && !iso) {
            throw Operands.error(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
        }
        if (natural && (iso || given.has("isoWeek") || given.has("isoDayOfWeek"))) {
            throw Operands.error(40489, "$dateFromParts does not allow mixing natural dates with ISO dates");
        }
        if (iso && (given.has("month") || given.has("day"))) {
            throw Operands.error(40525, "$dateFromParts does not allow mixing ISO dates with natural dates");
        }
        List<Expression> operands = given.operands(parser, ORDER.toArray(String[]::new));
        return Call.of(name, operands, o -> new Parts(o, given).date(natural));
    }

    /** The parts, read in MongoDB's order; a part that is not given has its least value. */
    private record Parts(Operands operands, Named.Given given) {
        @Nullable
        Long part(String name, long least, boolean bounded) {
            if (!given.has(name)) {
                return least;
            }
            int i = ORDER.indexOf(name);
            if (operands.isNullish(i)) {
                return null;
            }
            if (!Numbers.isWhole(operands.at(i))) {
                throw Operands.error(
                        40515,
                        "'" + name + "' must evaluate to an integer, found " + operands.typeName(i) + " with value "
                                + operands.text(i));
            }
            long value = operands.at(i).toLong();
            if (bounded && value != (short) value) {
                throw Operands.error(
                        31034,
                        "'" + name + "' must evaluate to a value in the range [-32768, 32767]; value " + value
                                + " is not in range");
            }
            return value;
        }

        Value date(boolean natural) {
            Long hour = part("hour", 0, true);
            Long minute = hour == null ? null : part("minute", 0, true);
            Long second = minute == null ? null : part("second", 0, false);
            Long millisecond = second == null ? null : part("millisecond", 0, false);
            if (hour == null || minute == null || second == null || millisecond == null) {
                return Value.NULL;
            }
            ZoneId zone = TimeZones.of(operands.get(ORDER.indexOf("timezone")), given.has("timezone"));
            LocalDate day = zone == null ? null : natural ? naturalDay() : isoDay();
            if (zone == null || day == null) {
                return Value.NULL;
            }
            try {
                LocalDateTime local =
                        day.atStartOfDay().plusHours(hour).plusMinutes(minute).plusSeconds(second);
                long millis = local.atZone(zone).toInstant().toEpochMilli();
                return Value.date(Math.addExact(millis, millisecond));
            } catch (DateTimeException | ArithmeticException e) {
                throw new CommandException(ErrorCode.OVERFLOW, "date overflow");
            }
        }

        private @Nullable LocalDate naturalDay() {
            Long year = part("year", 1970, false);
            Long month = year == null ? null : part("month", 1, true);
            Long day = month == null ? null : part("day", 1, true);
            if (year == null || month == null || day == null) {
                return null;
            }
            checkYear("year", year, 40523);
            return LocalDate.of(year.intValue(), 1, 1).plusMonths(month - 1).plusDays(day - 1);
        }

        private @Nullable LocalDate isoDay() {
            Long year = part("isoWeekYear", 1970, false);
            Long week = year == null ? null : part("isoWeek", 1, true);
            Long day = week == null ? null : part("isoDayOfWeek", 1, true);
            if (year == null || week == null || day == null) {
                return null;
            }
            checkYear("isoWeekYear", year, 31095);
            LocalDate first = LocalDate.of(year.intValue(), 1, 4);
            return first.minusDays(first.getDayOfWeek().getValue() - 1L)
                    .plusWeeks(week - 1)
                    .plusDays(day - 1);
        }

        private static void checkYear(String name, long year, int errorNumber) {
            if (year < 1 || year > 9999) {
                throw Operands.error(
                        errorNumber,
                        "'" + name + "' must evaluate to an integer in the range 1 to 9999, found " + year);
            }
        }
    }

    private static Expression parseToParts(String name, Value argument, ExpressionParser parser) {
        Named.Given given = TO_PARTS.read(name, argument).require("date", 40522, "Missing 'date' parameter to OP");
        boolean zoned = given.has("timezone");
        boolean isoGiven = given.has("iso8601");
        return Call.of(name, given.operands(parser, "date", "timezone", "iso8601"), o -> {
            ZoneId zone = TimeZones.of(o.get(1), zoned);
            if (zone == null || (isoGiven && o.isNullish(2))) {
                return Value.NULL;
            }
            if (isoGiven && o.at(2).type() != Bson.BOOLEAN) {
                throw Operands.error(40521, "iso8601 must evaluate to a bool, found " + o.typeName(2));
            }
            if (o.isNullish(0)) {
                return Value.NULL;
            }
            ZonedDateTime date = Instant.ofEpochMilli(Dates.millis(o.at(0))).atZone(zone);
            return parts(date, isoGiven && o.at(2).asBoolean());
        });
    }

    private static Value parts(ZonedDateTime date, boolean iso) {
        DocBuilder out = new DocBuilder();
        if (iso) {
            out.append("isoWeekYear", date.get(IsoFields.WEEK_BASED_YEAR))
                    .append("isoWeek", date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR))
                    .append("isoDayOfWeek", date.getDayOfWeek().getValue());
        } else {
            out.append("year", date.getYear())
                    .append("month", date.getMonthValue())
                    .append("day", date.getDayOfMonth());
        }
        return Value.document(out.append("hour", date.getHour())
                .append("minute", date.getMinute())
                .append("second", date.getSecond())
                .append("millisecond", date.getNano() / 1_000_000)
                .buildDoc());
    }
}

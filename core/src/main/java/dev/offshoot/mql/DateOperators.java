package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The parts of dates and timestamps, and dates as text. */
final class DateOperators {
    private static final String NOT_OBJECT = "OP only supports an object as its argument";
    private static final Named PART =
            new Named("date timezone", 40539, "", 40535, "unrecognized option to OP: \"ARG\"");
    private static final Named TO_STRING =
            new Named("date format timezone onNull", 18629, NOT_OBJECT, 18534, "Unrecognized argument to OP: ARG");
    private static final Named FROM_STRING = new Named(
            "dateString format timezone onNull onError",
            40540,
            "OP only supports an object as an argument, found: TYPE",
            40541,
            "Unrecognized argument to OP: ARG");
    private static final String SPECIFIERS = "bBdGHjLmMSwuUVYzZ";

    private DateOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$year", part(ZonedDateTime::getYear));
        all.put("$month", part(ZonedDateTime::getMonthValue));
        all.put("$dayOfMonth", part(ZonedDateTime::getDayOfMonth));
        all.put("$dayOfYear", part(ZonedDateTime::getDayOfYear));
        all.put("$dayOfWeek", part(Dates::dayOfWeek));
        all.put("$hour", part(ZonedDateTime::getHour));
        all.put("$minute", part(ZonedDateTime::getMinute));
        all.put("$second", part(ZonedDateTime::getSecond));
        all.put("$millisecond", part(date -> date.getNano() / 1_000_000));
        all.put("$week", part(Dates::week));
        all.put("$isoWeek", part(date -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR)));
        all.put("$isoDayOfWeek", part(date -> date.getDayOfWeek().getValue()));
        all.put("$isoWeekYear", operator(date -> Value.of((long) date.get(IsoFields.WEEK_BASED_YEAR))));
        all.put("$dateToString", DateOperators::parseToString);
        all.put("$dateFromString", DateOperators::parseFromString);
        all.put("$tsSecond", Call.exactly(1, o -> timestamp(o, 5687301, 32)));
        all.put("$tsIncrement", Call.exactly(1, o -> timestamp(o, 5687302, 0)));
        return all;
    }

    private static Value timestamp(Operands operands, int errorNumber, int shift) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        if (operands.at(0).type() != Bson.TIMESTAMP) {
            throw Operands.error(
                    errorNumber,
                    " Argument to " + operands.name() + " must be a timestamp, but is " + operands.typeName(0));
        }
        return Value.of(operands.at(0).asInt64() >>> shift & 0xFFFF_FFFFL);
    }

    private static Operator part(ToIntFunction<ZonedDateTime> part) {
        return operator(date -> Value.of(part.applyAsInt(date)));
    }

    private static Operator operator(Function<ZonedDateTime, Value> part) {
        return (name, argument, parser) -> {
            List<Expression> operands = moment(name, argument, parser);
            boolean zoned = operands.size() > 1;
            return Call.of(name, operands, o -> {
                if (o.isNullish(0)) {
                    return Value.NULL;
                }
                long millis = Dates.millis(o.at(0));
                ZoneId zone = TimeZones.of(o.get(1), zoned);
                return zone == null
                        ? Value.NULL
                        : part.apply(Instant.ofEpochMilli(millis).atZone(zone));
            });
        };
    }

    /** A date alone or as {@code {date: ..., timezone: ...}}. */
    private static List<Expression> moment(String name, Value argument, ExpressionParser parser) {
        boolean named = argument.isDocument()
                && !argument.asDoc().isEmpty()
                && !argument.asDoc().first().name().startsWith("$");
        if (!named) {
            List<Expression> operands = parser.operands(argument);
            if (operands.size() != 1) {
                throw Operands.error(
                        40536,
                        name + " accepts exactly one argument if given an array, but was given " + operands.size());
            }
            return operands;
        }
        Named.Given given = PART.read(name, argument)
                .require(
                        "date",
                        40539,
                        "missing 'date' argument to OP, provided: " + name + ": " + ShellText.of(argument));
        List<Expression> operands = new ArrayList<>(given.operands(parser, "date"));
        if (given.has("timezone")) {
            operands.add(given.expression("timezone", parser));
        }
        return operands;
    }

    private static Expression parseToString(String name, Value argument, ExpressionParser parser) {
        Named.Given given = TO_STRING.read(name, argument).require("date", 18628, "Missing 'date' parameter to OP");
        boolean formatted = given.has("format");
        boolean zoned = given.has("timezone");
        boolean onNull = given.has("onNull");
        return Call.of(name, given.operands(parser, "date", "format", "timezone", "onNull"), o -> {
            String format = format(o, 18533, SPECIFIERS);
            ZoneId zone = TimeZones.of(o.get(2), zoned);
            if (o.isNullish(0)) {
                return onNull ? o.get(3) : Value.NULL;
            }
            if (zone == null || (formatted && format == null)) {
                return Value.NULL;
            }
            String plain = zone.equals(TimeZones.UTC) ? Dates.ISO_FORMAT : "%Y-%m-%dT%H:%M:%S.%L";
            ZonedDateTime date = Instant.ofEpochMilli(Dates.millis(o.at(0))).atZone(zone);
            return Value.of(Dates.format(date, format == null ? plain : format));
        });
    }

    /** The operand 1, checked; null where it is null or missing. */
    private static @Nullable String format(Operands operands, int notString, String specifiers) {
        if (operands.isNullish(1)) {
            return null;
        }
        if (!operands.at(1).isString()) {
            throw Operands.error(
                    notString,
                    operands.name() + " requires that 'format' be a string, found: " + operands.typeName(1)
                            + " with value " + operands.text(1));
        }
        String format = operands.at(1).asString();
        Dates.checkFormat(format, specifiers);
        return format;
    }

    private static Expression parseFromString(String name, Value argument, ExpressionParser parser) {
        Named.Given given =
                FROM_STRING.read(name, argument).require("dateString", 40542, "Missing 'dateString' parameter to OP");
        boolean formatted = given.has("format");
        boolean zoned = given.has("timezone");
        boolean onNull = given.has("onNull");
        boolean onError = given.has("onError");
        List<Expression> operands = given.operands(parser, "dateString", "format", "timezone", "onNull", "onError");
        return Call.of(name, operands, o -> {
            String format = format(o, 40684, FormattedDate.SPECIFIERS);
            ZoneId zone = TimeZones.of(o.get(2), zoned);
            if (o.isNullish(0)) {
                return onNull ? o.get(3) : Value.NULL;
            }
            try {
                return fromString(o, zone, format, formatted);
            } catch (CommandException e) {
                if (!onError || !e.code().equals(ErrorCode.CONVERSION_FAILURE)) {
                    throw e;
                }
                return o.get(4);
            }
        });
    }

    private static Value fromString(
            Operands operands, @Nullable ZoneId zone, @Nullable String format, boolean formatted) {
        if (!operands.at(0).isString()) {
            throw Conversions.failure("$dateFromString requires that 'dateString' be a string, found: "
                    + operands.typeName(0) + " with value " + operands.text(0));
        }
        if (zone == null || (formatted && format == null)) {
            return Value.NULL;
        }
        String text = operands.at(0).asString();
        return Value.date(format == null ? DateText.parse(text, zone) : FormattedDate.parse(text, format, zone));
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The parts of dates, and dates as text. */
final class DateOperators {
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
        return all;
    }

    private static Operator part(ToIntFunction<ZonedDateTime> part) {
        return operator(date -> Value.of(part.applyAsInt(date)));
    }

    private static Operator operator(Function<ZonedDateTime, Value> part) {
        return (name, argument, parser) -> {
            Moment moment = Moment.parse(name, argument, parser);
            return scope -> {
                ZonedDateTime date = moment.evaluate(scope);
                return date == null ? Value.NULL : part.apply(date);
            };
        };
    }

    /** A date in a time zone, given as a date alone or as {@code {date: ..., timezone: ...}}. */
    private record Moment(Expression date, @Nullable Expression timezone) {
        static Moment parse(String name, Value argument, ExpressionParser parser) {
            boolean named = argument.isDocument()
                    && !argument.asDoc().isEmpty()
                    && !argument.asDoc().first().name().startsWith("$");
            if (named) {
                NamedArguments arguments = NamedArguments.of(name, argument, 40539, 40535, "date", "timezone");
                return of(arguments, parser.parse(arguments.required("date", 40539)), parser);
            }
            List<Expression> operands = parser.operands(argument);
            if (operands.size() != 1) {
                throw Operands.error(
                        40536,
                        name + " accepts exactly one argument if given an array, but was given " + operands.size());
            }
            return new Moment(operands.get(0), null);
        }

        static Moment of(NamedArguments arguments, Expression date, ExpressionParser parser) {
            Value timezone = arguments.optional("timezone");
            return new Moment(date, timezone == null ? null : parser.parse(timezone));
        }

        @Nullable
        ZonedDateTime evaluate(Scope scope) {
            Value value = date.evaluate(scope);
            ZoneId zone = Dates.zone(timezone == null ? null : timezone.evaluate(scope), timezone != null);
            if (value == null || Operands.isNullish(value) || zone == null) {
                return null;
            }
            return Instant.ofEpochMilli(Dates.millis(value)).atZone(zone);
        }
    }

    private static Expression parseToString(String name, Value argument, ExpressionParser parser) {
        NamedArguments arguments =
                NamedArguments.of(name, argument, 18629, 18534, "date", "format", "timezone", "onNull");
        Moment moment = Moment.of(arguments, parser.parse(arguments.required("date", 18628)), parser);
        boolean formatted = arguments.optional("format") != null;
        Expression format = arguments.expression("format", parser);
        Expression onNull = arguments.optional("onNull") == null
                ? new ExpressionParser.LiteralExpression(Value.NULL)
                : arguments.expression("onNull", parser);
        String plain = moment.timezone() == null ? Dates.ISO_FORMAT : "%Y-%m-%dT%H:%M:%S.%L";
        return scope -> {
            Value pattern = format.evaluate(scope);
            if (formatted && Operands.isNullish(pattern)) {
                return Value.NULL;
            }
            if (pattern != null && !pattern.isString()) {
                throw Operands.error(
                        18533,
                        "$dateToString requires that 'format' be a string, found: " + Operands.typeName(pattern)
                                + " with value " + ShellText.of(pattern));
            }
            ZonedDateTime date = moment.evaluate(scope);
            return date == null
                    ? onNull.evaluate(scope)
                    : Value.of(Dates.format(date, pattern == null ? plain : pattern.asString()));
        };
    }
}

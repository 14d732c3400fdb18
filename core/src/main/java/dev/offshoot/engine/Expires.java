package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When a branch is to be removed, as people write it: {@code "2h"}, an ISO 8601 time, or a date. */
final class Expires {
    private static final Pattern SPAN = Pattern.compile("([0-9]{1,6})([smhdw])");
    private static final long SECOND_MILLIS = 1000;

    private Expires() {}

    /**
     * A time in milliseconds since 1970, after {@code nowMillis}.
     *
     * @throws CommandException BadValue for a time that has passed or a text that says none, TypeMismatch
     */
    static long millis(Invocation call, String field, Value value, long nowMillis) {
        long millis;
        if (value.isString()) {
            millis = millis(value.asString(), nowMillis);
        } else if (value.type() == Bson.DATE) {
            millis = value.asInt64();
        } else {
            throw call.mismatch(field, value, "types '[string, date]'");
        }
        if (millis <= nowMillis) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "a branch cannot expire at " + Instant.ofEpochMilli(millis) + ", which has passed; remove it with"
                            + " dropBranch, or give a time to come such as '2h'");
        }
        return millis;
    }

    private static long millis(String text, long nowMillis) {
        Matcher span = SPAN.matcher(text);
        if (span.matches()) {
            return nowMillis + Long.parseLong(span.group(1)) * unitMillis(span.group(2));
        }
        try {
            return Instant.parse(text.toUpperCase(Locale.ROOT)).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + text + "' does not say when a branch expires: it takes a number with s, m, h, d or w such as"
                            + " 2h, or a time such as 2026-11-21T10:15:00Z");
        }
    }

    private static long unitMillis(String unit) {
        return switch (unit) {
            case "s" -> SECOND_MILLIS;
            case "m" -> 60 * SECOND_MILLIS;
            case "h" -> 60 * 60 * SECOND_MILLIS;
            case "d" -> 24 * 60 * 60 * SECOND_MILLIS;
            default -> 7 * 24 * 60 * 60 * SECOND_MILLIS;
        };
    }
}

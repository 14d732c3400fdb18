package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates as text and text as dates, in the manner of MongoDB. */
final class Dates {
    static final String ISO_FORMAT = "%Y-%m-%dT%H:%M:%S.%LZ";

    private static final DateTimeFormatter TEXT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']HH:mm")
            .optionalStart()
            .appendPattern(":ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalEnd()
            .optionalStart()
            .appendPattern("[' ']")
            .appendPattern("[XXX][XX][X]")
            .optionalEnd()
            .optionalEnd()
            .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
            .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
            .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
            .toFormatter(Locale.ROOT);

    private Dates() {}

    static String iso(long millis) {
        return format(Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC), ISO_FORMAT);
    }

    /** The milliseconds of a date, or of the time in a timestamp or ObjectId. */
    static long millis(Value value) {
        return switch (value.type()) {
            case Bson.DATE -> value.asInt64();
            case Bson.TIMESTAMP -> (value.asInt64() >>> 32) * 1000;
            case Bson.OBJECT_ID -> (value.asObjectId().getTimestamp() & 0xFFFF_FFFFL) * 1000;
            default ->
                throw Operands.error(16006, "can't convert from BSON type " + Operands.typeName(value) + " to Date");
        };
    }

    /** A date in ISO 8601; without a zone it is UTC. */
    static Instant parse(String text) {
        TemporalAccessor parsed = TEXT.parse(text);
        ZoneOffset offset = parsed.isSupported(ChronoField.OFFSET_SECONDS) ? ZoneOffset.from(parsed) : ZoneOffset.UTC;
        return LocalDateTime.from(parsed).toInstant(offset);
    }

    /** UTC where there is none; null where it is null. */
    static @Nullable ZoneId zone(@Nullable Value timezone, boolean given) {
        if (!given) {
            return ZoneOffset.UTC;
        }
        if (timezone == null || Operands.isNullish(timezone)) {
            return null;
        }
        if (!timezone.isString()) {
            throw Operands.error(40517, "timezone must evaluate to a string, found " + Operands.typeName(timezone));
        }
        try {
            return ZoneId.of(timezone.asString());
        } catch (DateTimeException e) {
            throw Operands.error(40485, "unrecognized time zone identifier: \"" + timezone.asString() + "\"");
        }
    }

    /** The day of the week from Sunday, 1, to Saturday, 7. */
    static int dayOfWeek(ZonedDateTime date) {
        return date.getDayOfWeek().getValue() % 7 + 1;
    }

    /** The week of the year, 0 to 53; weeks begin on Sundays, and the first Sunday begins week 1. */
    static int week(ZonedDateTime date) {
        return (date.getDayOfYear() + 7 - dayOfWeek(date)) / 7;
    }

    static String format(ZonedDateTime date, String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
            } else if (++i == format.length()) {
                throw Operands.error(18535, "Unmatched '%' at end of format string");
            } else {
                append(out, date, format.charAt(i));
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, ZonedDateTime date, char specifier) {
        switch (specifier) {
            case '%' -> out.append('%');
            case 'Y' -> digits(out, date.getYear(), 4);
            case 'm' -> digits(out, date.getMonthValue(), 2);
            case 'd' -> digits(out, date.getDayOfMonth(), 2);
            case 'H' -> digits(out, date.getHour(), 2);
            case 'M' -> digits(out, date.getMinute(), 2);
            case 'S' -> digits(out, date.getSecond(), 2);
            case 'L' -> digits(out, date.getNano() / 1_000_000, 3);
            case 'j' -> digits(out, date.getDayOfYear(), 3);
            case 'w' -> out.append(dayOfWeek(date));
            case 'u' -> out.append(date.getDayOfWeek().getValue());
            case 'U' -> digits(out, week(date), 2);
            case 'V' -> digits(out, date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case 'G' -> digits(out, date.get(IsoFields.WEEK_BASED_YEAR), 4);
            case 'b' -> out.append(date.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
            case 'B' -> out.append(date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
            case 'z' -> offset(out, date);
            case 'Z' -> out.append(date.getOffset().getTotalSeconds() / 60);
            default -> throw Operands.error(18536, "Invalid format character '%" + specifier + "' in format string");
        }
    }

    private static void offset(StringBuilder out, ZonedDateTime date) {
        int minutes = date.getOffset().getTotalSeconds() / 60;
        out.append(minutes < 0 ? '-' : '+');
        digits(out, Math.abs(minutes) / 60, 2);
        digits(out, Math.abs(minutes) % 60, 2);
    }

    private static void digits(StringBuilder out, int value, int width) {
        String text = Integer.toString(Math.abs(value));
        out.append(value < 0 ? "-" : "")
                .append("0".repeat(Math.max(0, width - text.length())))
                .append(text);
    }
}

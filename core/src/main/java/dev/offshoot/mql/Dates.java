package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Dates, and dates as text, in the manner of MongoDB. */
final class Dates {
    static final String ISO_FORMAT = "%Y-%m-%dT%H:%M:%S.%LZ";
    private static final int YEAR_MAX = 9999;

    private Dates() {}

    static String iso(long millis) {
        return format(Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC), ISO_FORMAT);
    }

    /** Whether it is a date, or has a time in it as timestamps and ObjectIds have. */
    static boolean isDate(Value value) {
        return value.type() == Bson.DATE || value.type() == Bson.TIMESTAMP || value.type() == Bson.OBJECT_ID;
    }

    /** The milliseconds of a date, or of the time in a timestamp or ObjectId, whose seconds have a sign. */
    static long millis(Value value) {
        return switch (value.type()) {
            case Bson.DATE -> value.asInt64();
            case Bson.TIMESTAMP -> (value.asInt64() >>> 32) * 1000;
            case Bson.OBJECT_ID -> value.asObjectId().getTimestamp() * 1000L;
            default ->
                throw Operands.error(16006, "can't convert from BSON type " + Operands.typeName(value) + " to Date");
        };
    }

    /** A timestamp as {@code Jul  4 09:30:00:1}: without the year, and with its increment. */
    static String shortText(Value timestamp) {
        ZonedDateTime date = Instant.ofEpochMilli(millis(timestamp)).atZone(ZoneOffset.UTC);
        String day = (date.getDayOfMonth() < 10 ? " " : "") + date.getDayOfMonth();
        return format(date, "%b " + day + " %H:%M:%S:") + (timestamp.asInt64() & 0xFFFF_FFFFL);
    }

    /** The day of the week from Sunday, 1, to Saturday, 7. */
    static int dayOfWeek(ZonedDateTime date) {
        return date.getDayOfWeek().getValue() % 7 + 1;
    }

    /** The week of the year, 0 to 53; weeks begin on Sundays, and the first Sunday begins week 1. */
    static int week(ZonedDateTime date) {
        return (date.getDayOfYear() + 7 - dayOfWeek(date)) / 7;
    }

    /** Refuses formats with specifiers that are not among the known ones. */
    static void checkFormat(String format, String known) {
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%') {
                continue;
            }
            if (++i == format.length()) {
                throw Operands.error(18535, "Unmatched '%' at end of format string");
            }
            if (format.charAt(i) != '%' && known.indexOf(format.charAt(i)) < 0) {
                throw Operands.error(18536, "Invalid format character '%" + format.charAt(i) + "' in format string");
            }
        }
    }

    /** A format that has been checked. */
    static String format(ZonedDateTime date, String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '%') {
                append(out, date, format.charAt(++i));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, ZonedDateTime date, char specifier) {
        switch (specifier) {
            case 'Y' -> year(out, date.getYear());
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
            case 'G' -> year(out, date.get(IsoFields.WEEK_BASED_YEAR));
            case 'b' -> out.append(date.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
            case 'B' -> out.append(date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
            case 'z' -> offset(out, date);
            case 'Z' -> out.append(date.getOffset().getTotalSeconds() / 60);
            default -> out.append(specifier);
        }
    }

    private static void year(StringBuilder out, int year) {
        if (year < 0 || year > YEAR_MAX) {
            throw Operands.error(
                    18537,
                    "Could not convert date to string: date component was outside the supported range of 0-9999: "
                            + year);
        }
        digits(out, year, 4);
    }

    private static void offset(StringBuilder out, ZonedDateTime date) {
        int minutes = date.getOffset().getTotalSeconds() / 60;
        out.append(minutes < 0 ? '-' : '+');
        digits(out, Math.abs(minutes) / 60, 2);
        digits(out, Math.abs(minutes) % 60, 2);
    }

    private static void digits(StringBuilder out, int value, int width) {
        String text = Integer.toString(value);
        out.append("0".repeat(Math.max(0, width - text.length()))).append(text);
    }
}

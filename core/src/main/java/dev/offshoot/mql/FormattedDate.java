package dev.offshoot.mql;

import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a date by a format as {@code %Y-%m-%dT%H:%M:%S.%L%z}. */
final class FormattedDate {
    /** The specifiers that {@code $dateFromString} knows. */
    static final String SPECIFIERS = "bBdGHjLmMSuVYzZ";

    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern LETTERS = Pattern.compile("[a-zA-Z]+");
    private static final Pattern OFFSET = Pattern.compile(
            "[ \\t]*(?:(?:gmt|utc)?([+-][0-9]{1,2}(?::?[0-9]{2})?)|([a-z]+))", Pattern.CASE_INSENSITIVE);
    private static final Pattern MINUTES = Pattern.compile("[+-]?[0-9]{1,4}");

    private final String text;
    private final DateFields fields = new DateFields();
    private int at;

    private FormattedDate(String text) {
        this.text = text;
    }

    /** In milliseconds since 1970; a text without a zone is in {@code zone}. The format has been checked. */
    static long parse(String text, String format, ZoneId zone) {
        FormattedDate date = new FormattedDate(text);
        date.read(format);
        if (date.at < text.length()) {
            throw DateText.error(text, date.at, "Trailing data");
        }
        return date.fields.millis(text, zone);
    }

    private void read(String format) {
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (at >= text.length()) {
                throw error("Not enough data available to satisfy format");
            }
            if (c == '%' && format.charAt(++i) != '%') {
                field(format.charAt(i));
            } else if (text.charAt(at) == c) {
                at++;
            } else {
                throw error("Format literal not found");
            }
        }
        boolean someTime = fields.hour != null || fields.minute != null || fields.second != null;
        if (someTime) {
            fields.hour = fields.hour == null ? Integer.valueOf(0) : fields.hour;
            fields.minute = fields.minute == null ? Integer.valueOf(0) : fields.minute;
            fields.second = fields.second == null ? Integer.valueOf(0) : fields.second;
        }
    }

    private CommandException error(String why) {
        return DateText.error(text, at, why);
    }

    private void field(char specifier) {
        switch (specifier) {
            case 'Y' -> fields.year = number(4, "A four digit year");
            case 'm' -> fields.month = number(2, "A two digit month");
            case 'd' -> fields.day = number(2, "A two digit day");
            case 'H' -> fields.hour = number(2, "A two digit hour");
            case 'M' -> fields.minute = number(2, "A two digit minute");
            case 'S' -> fields.second = number(2, "A two digit second");
            case 'L' -> fields.millis = millis();
            case 'j' -> fields.dayOfYear = number(3, "A three digit day-of-year");
            case 'G' -> fields.isoYear = number(4, "A four digit ISO year");
            case 'V' -> fields.isoWeek = number(2, "A two digit ISO week");
            case 'u' -> fields.isoDay = number(1, "A single digit day-of-week");
            case 'b', 'B' -> fields.month = month();
            case 'Z' -> minutes();
            default -> zone();
        }
    }

    private String match(Pattern pattern, int max, String what) {
        Matcher matcher = pattern.matcher(text).region(at, Math.min(text.length(), at + max));
        if (!matcher.lookingAt()) {
            throw error(what + " could not be found");
        }
        at = matcher.end();
        return matcher.group();
    }

    private int number(int digits, String what) {
        return Integer.parseInt(match(DIGITS, digits, what));
    }

    private int millis() {
        return Integer.parseInt((match(DIGITS, 3, "A three digit millisecond") + "00").substring(0, 3));
    }

    private int month() {
        int start = at;
        int month = DateFields.month(match(LETTERS, text.length(), "A textual month"));
        if (month == 0) {
            at = start;
            throw error("A textual month could not be found");
        }
        return month;
    }

    private void minutes() {
        int minutes = Integer.parseInt(
                match(MINUTES, 5, "A timezone offset in minutes").replace("+", ""));
        char sign = minutes < 0 ? '-' : '+';
        int size = Math.abs(minutes);
        fields.offset = TimeZones.offset(String.format("%c%02d%02d", sign, size / 60, size % 60));
    }

    private void zone() {
        Matcher matcher = OFFSET.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw error("The timezone could not be found in the database");
        }
        String written = matcher.group(1);
        if (written == null) {
            fields.offset = DateFields.abbreviation(matcher.group(2));
            fields.zoneName = matcher.group(2).toUpperCase(java.util.Locale.ROOT);
        } else {
            String digits = written.substring(1).replace(":", "");
            fields.offset = TimeZones.offset(written.charAt(0) + (digits.length() % 2 == 0 ? "" : "0") + digits);
        }
        if (fields.offset == null) {
            throw error("passing a time zone identifier as part of the string is not allowed");
        }
        at = matcher.end();
    }
}

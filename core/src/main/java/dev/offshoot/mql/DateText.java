package dev.offshoot.mql;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates in text without a format, as people write them: ISO 8601 and most of what the library takes that MongoDB uses
 * (timelib), but nothing relative such as {@code tomorrow}. The text is a sequence of dates, times and zones; at each place the
 * first form that fits is taken.
 */
final class DateText {
    private static final String MONTH = "(january|february|march|april|may|june|july|august|september|october|november"
            + "|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)";
    private static final String SKIPPED = " \t,\n\0\u00a0";
    private static final String SUFFIX = "(?:st|nd|rd|th)?";

    private final String text;
    private final DateFields fields = new DateFields();
    private final List<Form> forms = List.of(
            form("([+-]?\\d{4})-(\\d{1,2})-(\\d{1,2})(?!\\d)", m -> date(m, 1, 2, 3)),
            form("(\\d{4})/(\\d{1,2})/(\\d{1,2})(?!\\d)", m -> date(m, 1, 2, 3)),
            form("(\\d{4})-?w(\\d{2})(?:-?([0-7]))?(?!\\d)", this::week),
            form("(\\d{4})-(\\d{3})(?!\\d)", this::dayOfYear),
            form("(\\d{4})(\\d{2})(\\d{2})(?!\\d)", m -> date(m, 1, 2, 3)),
            form("(\\d{1,2})/(\\d{1,2})/(\\d{4}|\\d{2})(?!\\d)", m -> date(m, 3, 1, 2)),
            form("(\\d{1,2})[.\\t-](\\d{1,2})[.-](\\d{4})(?!\\d)", m -> date(m, 3, 2, 1)),
            form("(\\d{4})[ .\\t-]*" + MONTH + "[ .\\t-]*(\\d{1,2})(?!\\d)", m -> date(m, 1, 2, 3)),
            form("(\\d{1,2})" + SUFFIX + "[ .\\t-]*" + MONTH + "[ .,\\t-]*(\\d{4})(?!\\d|:)", m -> date(m, 3, 2, 1)),
            form(MONTH + "[ .\\t-]*(\\d{1,2})" + SUFFIX + "[ .,\\t-]+(\\d{4})(?!\\d|:)", m -> date(m, 3, 1, 2)),
            form(MONTH + "[ .\\t-]*(\\d{1,2})" + SUFFIX + "(?!\\d)[,.]?", m -> monthAndDay(m, 1, 2)),
            form("(\\d{1,2})" + SUFFIX + "[ .\\t-]*" + MONTH, m -> monthAndDay(m, 2, 1)),
            form("@(-?\\d+)", this::unixTime),
            form("t?(\\d{1,2})(?:[:.](\\d{2})(?:[:.](\\d{2}))?)?[ \\t]*([ap])\\.?m\\.?(?![a-z])", this::halfDay),
            form("t?(\\d{1,2})[:.](\\d{2})(?:[:.](\\d{2})(?:[.,:](\\d+))?)?", m -> time(m, 1)),
            form("t(\\d{2})(\\d{2})(?:(\\d{2})(?:[.,](\\d+))?)?(?!\\d)", m -> time(m, 1)),
            form("([01]\\d|2[0-4])([0-5]\\d)(?!\\d)", this::timeOrYear),
            form("\\d{4}(?!\\d)", this::year),
            form("noon", m -> time(12, 0, 0)),
            form("midnight|today", m -> time(0, 0, 0)),
            form("(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])", m -> {}),
            form("(?:gmt|utc)?([+-]\\d{1,2}(?::?\\d{2})?)(?!\\d)", this::offset),
            form("\\(?([a-z]{1,6})\\)?(?![a-z/_])", this::zone));
    private int at;

    private DateText(String text) {
        this.text = text;
    }

    /** A form that a part of a date may have, and what it says. */
    private record Form(Pattern pattern, Consumer<MatchResult> meaning) {}

    private static Form form(String pattern, Consumer<MatchResult> meaning) {
        return new Form(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), meaning);
    }

    /** In milliseconds since 1970; a text without a zone is in {@code zone}. */
    static long parse(String text, ZoneId zone) {
        return new DateText(text).parse(zone);
    }

    static CommandException error(String text, int at, String why) {
        String character = at < text.length() ? text.substring(at, at + 1) : "";
        return Conversions.failure(
                "Error parsing date string '" + text + "'; " + at + ": " + why + " '" + character + "'");
    }

    private long parse(ZoneId zone) {
        if (text.isBlank()) {
            throw error(text, 0, "Empty string");
        }
        while (at < text.length()) {
            if (SKIPPED.indexOf(text.charAt(at)) >= 0) {
                at++;
            } else {
                token();
            }
        }
        return fields.millis(text, zone);
    }

    private void token() {
        for (Form form : forms) {
            Matcher matcher =
                    form.pattern.matcher(text).region(at, text.length()).useTransparentBounds(true);
            if (matcher.lookingAt()) {
                form.meaning.accept(matcher);
                at = matcher.end();
                return;
            }
        }
        if (Character.isLetter(text.charAt(at))) {
            throw error(text, at, "passing a time zone identifier as part of the string is not allowed");
        }
        throw error(text, at, "Unexpected character");
    }

    private void date(MatchResult m, int year, int month, int day) {
        startDate();
        fields.year = year(m.group(year));
        fields.month = month(m.group(month));
        fields.day = Integer.valueOf(m.group(day));
    }

    private static int year(String digits) {
        int year = Integer.parseInt(digits);
        return digits.length() > 2 ? year : year < 70 ? 2000 + year : 1900 + year;
    }

    private static int month(String text) {
        int named = DateFields.month(text);
        return named > 0 ? named : Integer.parseInt(text);
    }

    private void monthAndDay(MatchResult m, int month, int day) {
        startDate();
        fields.month = month(m.group(month));
        fields.day = Integer.valueOf(m.group(day));
    }

    private void startDate() {
        boolean known = fields.month != null || fields.dayOfYear != null || fields.isoYear != null;
        if (known) {
            throw error(text, at, "Double date specification");
        }
    }

    private void week(MatchResult m) {
        startDate();
        fields.isoYear = Integer.valueOf(m.group(1));
        fields.isoWeek = Integer.valueOf(m.group(2));
        fields.isoDay = m.group(3) == null ? 1 : Integer.valueOf(m.group(3));
    }

    private void dayOfYear(MatchResult m) {
        startDate();
        fields.year = Integer.valueOf(m.group(1));
        fields.dayOfYear = Integer.valueOf(m.group(2));
    }

    private void unixTime(MatchResult m) {
        startDate();
        try {
            var utc = Instant.ofEpochSecond(Long.parseLong(m.group(1))).atZone(ZoneOffset.UTC);
            fields.year = utc.getYear();
            fields.dayOfYear = utc.getDayOfYear();
            time(utc.getHour(), utc.getMinute(), utc.getSecond());
            fields.offset = ZoneOffset.UTC;
        } catch (NumberFormatException | java.time.DateTimeException e) {
            throw error(text, at, "Number out of range");
        }
    }

    private void halfDay(MatchResult m) {
        int hour = Integer.parseInt(m.group(1));
        if (hour < 1 || hour > 12) {
            throw error(text, at, "Unexpected character");
        }
        boolean afternoon = m.group(4).equalsIgnoreCase("p");
        time(hour % 12 + (afternoon ? 12 : 0), orZero(m.group(2)), orZero(m.group(3)));
    }

    /** Four digits: a time, and where there has been one, a year. */
    private void timeOrYear(MatchResult m) {
        if (fields.hour == null) {
            time(m, 1);
        } else {
            year(m);
        }
    }

    private void year(MatchResult m) {
        fields.year = Integer.valueOf(m.group());
    }

    private static int orZero(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private void time(MatchResult m, int hour) {
        boolean seconds = m.groupCount() >= hour + 2;
        time(
                Integer.parseInt(m.group(hour)),
                Integer.parseInt(m.group(hour + 1)),
                seconds ? orZero(m.group(hour + 2)) : 0);
        String fraction = m.groupCount() > hour + 2 ? m.group(hour + 3) : null;
        fields.millis = fraction == null ? 0 : Integer.parseInt((fraction + "00").substring(0, 3));
    }

    private void time(int hour, int minute, int second) {
        if (fields.hour != null) {
            throw error(text, at, "Double time specification");
        }
        fields.hour = hour;
        fields.minute = minute;
        fields.second = second;
    }

    private void offset(MatchResult m) {
        startZone();
        String written = m.group(1);
        String digits = written.substring(1).replace(":", "");
        String padded = (digits.length() % 2 == 0 ? "" : "0") + digits;
        fields.offset = TimeZones.offset(written.charAt(0) + padded);
        if (fields.offset == null) {
            throw error(text, at, "Unexpected character");
        }
    }

    private void zone(MatchResult m) {
        startZone();
        fields.offset = DateFields.abbreviation(m.group(1));
        fields.zoneName = m.group(1).toUpperCase(Locale.ROOT);
        if (fields.offset == null) {
            throw error(text, at, "passing a time zone identifier as part of the string is not allowed");
        }
    }

    private void startZone() {
        if (fields.offset != null) {
            throw error(text, at, "Double timezone specification");
        }
    }
}

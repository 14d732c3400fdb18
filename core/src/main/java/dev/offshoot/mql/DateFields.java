package dev.offshoot.mql;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found of a date in a text, put together once all of it has been read. Not thread safe. */
final class DateFields {
    private static final String MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec ";

    /** Abbreviations of time zones with their offsets in minutes. */
    private static final Map<String, Integer> ABBREVIATIONS = Map.ofEntries(
            Map.entry("utc", 0),
            Map.entry("gmt", 0),
            Map.entry("wet", 0),
            Map.entry("bst", 60),
            Map.entry("west", 60),
            Map.entry("cet", 60),
            Map.entry("cest", 120),
            Map.entry("eet", 120),
            Map.entry("eest", 180),
            Map.entry("msk", 180),
            Map.entry("ist", 120),
            Map.entry("jst", 540),
            Map.entry("kst", 540),
            Map.entry("est", -300),
            Map.entry("edt", -240),
            Map.entry("cst", -360),
            Map.entry("cdt", -300),
            Map.entry("mst", -420),
            Map.entry("mdt", -360),
            Map.entry("pst", -480),
            Map.entry("pdt", -420),
            Map.entry("akst", -540),
            Map.entry("akdt", -480),
            Map.entry("hst", -600));

    @Nullable
    Integer year;

    @Nullable
    Integer month;

    @Nullable
    Integer day;

    @Nullable
    Integer dayOfYear;

    @Nullable
    Integer isoYear;

    @Nullable
    Integer isoWeek;

    @Nullable
    Integer isoDay;

    @Nullable
    Integer hour;

    @Nullable
    Integer minute;

    @Nullable
    Integer second;

    int millis;

    @Nullable
    ZoneOffset offset;

    /** How the offset was written, where it was a word. */
    @Nullable
    String zoneName;

    /** From 1, or 0 where it is no name of a month; three letters are enough. */
    static int month(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        int at = lower.length() < 3 ? -1 : MONTHS.indexOf(lower.substring(0, 3) + " ");
        return at < 0 ? 0 : at / 4 + 1;
    }

    /** The offset of an abbreviation or a military letter, or null. */
    static @Nullable ZoneOffset abbreviation(String name) {
        Integer minutes = ABBREVIATIONS.get(name.toLowerCase(Locale.ROOT));
        if (minutes != null) {
            return ZoneOffset.ofTotalSeconds(minutes * 60);
        }
        if (name.length() != 1) {
            return null;
        }
        char letter = Character.toUpperCase(name.charAt(0));
        if (letter == 'Z') {
            return ZoneOffset.UTC;
        }
        int hours = letter >= 'A' && letter <= 'I'
                ? letter - 'A' + 1
                : letter >= 'K' && letter <= 'M'
                        ? letter - 'A'
                        : letter >= 'N' && letter <= 'Y' ? 'M' - letter : Integer.MIN_VALUE;
        return hours == Integer.MIN_VALUE ? null : ZoneOffset.ofHours(hours);
    }

    /** The milliseconds since 1970 of what was found in {@code text}; it is in {@code zone} where it names no other. */
    long millis(String text, ZoneId zone) {
        LocalDate date = date(text);
        boolean noTime = hour == null && minute == null && second == null;
        if (date == null || (!noTime && (hour == null || minute == null || second == null))) {
            throw Conversions.failure(
                    "an incomplete date/time string has been found, with elements missing: \"" + text + "\"");
        }
        LocalDateTime local = date.atStartOfDay();
        if (hour != null && minute != null && second != null) {
            local = date.atTime(time(text, hour, minute, second));
        }
        ZoneId used = zone;
        if (offset != null) {
            checkOneZone(zone);
            used = offset;
        }
        return local.atZone(used).toInstant().toEpochMilli();
    }

    private LocalTime time(String text, int h, int m, int s) {
        if (h > 23 || m > 59 || s > 59) {
            throw invalid(text, "time");
        }
        return LocalTime.of(h, m, s, millis * 1_000_000);
    }

    private void checkOneZone(ZoneId zone) {
        if (zone.equals(TimeZones.UTC)) {
            return;
        }
        throw Conversions.failure(
                zoneName == null
                        ? "you cannot pass in a date/time string with GMT offset together with a timezone argument"
                        : "you cannot pass in a date/time string with time zone information ('" + zoneName
                                + "') together with a timezone argument");
    }

    private @Nullable LocalDate date(String text) {
        boolean iso = isoYear != null || isoWeek != null || isoDay != null;
        boolean natural = year != null || month != null || day != null || dayOfYear != null;
        if (iso && natural) {
            throw DateText.error(text, text.length(), "Mixing of ISO dates with natural dates is not allowed");
        }
        try {
            return iso ? isoDate(text) : naturalDate();
        } catch (DateTimeException e) {
            throw invalid(text, "date");
        }
    }

    private LocalDate isoDate(String text) {
        if (isoYear == null) {
            throw invalid(text, "date");
        }
        LocalDate first = LocalDate.of(isoYear, 1, 4).with(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 1);
        return first.minusDays(first.getDayOfWeek().getValue() - 1L)
                .plusWeeks(isoWeek == null ? 0 : isoWeek - 1)
                .plusDays(isoDay == null ? 0 : isoDay - 1);
    }

    private @Nullable LocalDate naturalDate() {
        if (year != null && dayOfYear != null && month == null && day == null) {
            return LocalDate.ofYearDay(year, dayOfYear);
        }
        return year == null || month == null || day == null ? null : LocalDate.of(year, month, day);
    }

    private static CommandException invalid(String text, String what) {
        return DateText.error(text, text.length(), "The parsed " + what + " was invalid");
    }
}

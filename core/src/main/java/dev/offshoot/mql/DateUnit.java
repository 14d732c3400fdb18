package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The units of {@code $dateAdd}, {@code $dateDiff} and {@code $dateTrunc}, and how they count: units from a day on in the local time
 * of a zone, shorter ones in time as it passes. A difference is how many boundaries of the unit lie between two dates.
 */
enum DateUnit {
    YEAR(ChronoUnit.YEARS, 1),
    QUARTER(ChronoUnit.MONTHS, 3),
    MONTH(ChronoUnit.MONTHS, 1),
    WEEK(ChronoUnit.DAYS, 7),
    DAY(ChronoUnit.DAYS, 1),
    HOUR(ChronoUnit.MILLIS, 3_600_000),
    MINUTE(ChronoUnit.MILLIS, 60_000),
    SECOND(ChronoUnit.MILLIS, 1000),
    MILLISECOND(ChronoUnit.MILLIS, 1);

    private static final long DAYS_MAX = Long.divideUnsigned(-1L, 86_400_000L) + 1;
    private static final long BIN_SIZE_MAX = 100_000_000_000L;
    private static final long REFERENCE_MILLIS = 946_684_800_000L;
    private static final LocalDate REFERENCE = LocalDate.of(2000, 1, 1);

    private final ChronoUnit unit;
    private final long factor;

    DateUnit(ChronoUnit unit, long factor) {
        this.unit = unit;
        this.factor = factor;
    }

    static DateUnit of(Value value, String operator) {
        if (!value.isString()) {
            throw Operands.error(
                    5439013, operator + " requires 'unit' to be a string, but got " + Operands.typeName(value));
        }
        for (DateUnit unit : values()) {
            if (unit.text().equals(value.asString())) {
                return unit;
            }
        }
        throw new CommandException(
                ErrorCode.FAILED_TO_PARSE,
                operator + " parameter 'unit' value parsing failed :: caused by :: unknown time unit value: "
                        + value.asString());
    }

    static DayOfWeek startOfWeek(Value value, String operator) {
        if (!value.isString()) {
            throw Operands.error(
                    5439015, operator + " requires 'startOfWeek' to be a string, but got " + Operands.typeName(value));
        }
        String wanted = value.asString().toLowerCase(Locale.ROOT);
        for (DayOfWeek day : DayOfWeek.values()) {
            String name = day.name().toLowerCase(Locale.ROOT);
            if (wanted.equals(name) || wanted.equals(name.substring(0, 3))) {
                return day;
            }
        }
        throw Operands.error(
                5439016,
                operator + " parameter 'startOfWeek' value cannot be recognized as a day of a week: "
                        + value.asString());
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    private boolean isLocal() {
        return unit != ChronoUnit.MILLIS;
    }

    /** Days of months that are too short become their last day. */
    long add(long millis, long amount, ZoneId zone) {
        if (this != MILLISECOND) {
            checkAmount(amount);
        }
        try {
            if (!isLocal()) {
                return Math.addExact(millis, Math.multiplyExact(amount, factor));
            }
            return Instant.ofEpochMilli(millis)
                    .atZone(zone)
                    .plus(Math.multiplyExact(amount, factor), unit)
                    .toInstant()
                    .toEpochMilli();
        } catch (ArithmeticException | DateTimeException e) {
            throw Operands.error(5166406, "dateAdd overflowed");
        }
    }

    private void checkAmount(long amount) {
        long years = DAYS_MAX / 365 + 1;
        long max = switch (this) {
            case YEAR -> years;
            case QUARTER -> years * 4;
            case MONTH -> years * 12;
            case WEEK -> DAYS_MAX / 7;
            case DAY -> DAYS_MAX;
            case HOUR -> DAYS_MAX * 24;
            case MINUTE -> DAYS_MAX * 24 * 60;
            default -> DAYS_MAX * 24 * 60 * 60;
        };
        if (amount <= -max || amount >= max) {
            throw Operands.error(5976500, "invalid dateAdd 'amount' parameter value: " + amount + " " + text());
        }
    }

    long difference(long start, long end, ZoneId zone, DayOfWeek startOfWeek) {
        if (this == MILLISECOND) {
            try {
                return Math.subtractExact(end, start);
            } catch (ArithmeticException e) {
                throw Operands.error(5166308, "dateDiff overflowed");
            }
        }
        ZonedDateTime from = Instant.ofEpochMilli(start).atZone(zone);
        ZonedDateTime to = Instant.ofEpochMilli(end).atZone(zone);
        return isLocal() ? difference(from.toLocalDate(), to.toLocalDate(), startOfWeek) : passed(from, to);
    }

    private long difference(LocalDate from, LocalDate to, DayOfWeek startOfWeek) {
        long days = to.toEpochDay() - from.toEpochDay();
        return switch (this) {
            case YEAR -> to.getYear() - from.getYear();
            case QUARTER ->
                (to.getMonthValue() - 1) / 3 - (from.getMonthValue() - 1) / 3 + (to.getYear() - from.getYear()) * 4L;
            case MONTH -> to.getMonthValue() - from.getMonthValue() + (to.getYear() - from.getYear()) * 12L;
            case WEEK -> (days + dayOfWeek(from, startOfWeek) - dayOfWeek(to, startOfWeek)) / 7;
            default -> days;
        };
    }

    /** From 0 for the day that begins a week. */
    private static int dayOfWeek(LocalDate date, DayOfWeek startOfWeek) {
        return (date.getDayOfWeek().getValue() - startOfWeek.getValue() + 7) % 7;
    }

    /** Boundaries as clocks of the zone show them, less what the clocks were turned by. */
    private long passed(ZonedDateTime from, ZonedDateTime to) {
        long turned = from.getOffset().getTotalSeconds() - (long) to.getOffset().getTotalSeconds();
        return Math.floorDiv(localMillis(to), factor)
                - Math.floorDiv(localMillis(from), factor)
                + turned * 1000 / factor;
    }

    private static long localMillis(ZonedDateTime date) {
        return date.toInstant().toEpochMilli() + date.getOffset().getTotalSeconds() * 1000L;
    }

    /** The begin of the bin that the date falls into; one bin begins with the year 2000, or its first week. */
    long truncate(long millis, long binSize, ZoneId zone, DayOfWeek startOfWeek) {
        int days = this == WEEK ? (7 - dayOfWeek(REFERENCE, startOfWeek)) % 7 : 0;
        long offset = zone.getRules()
                        .getOffset(Instant.ofEpochMilli(REFERENCE_MILLIS))
                        .getTotalSeconds()
                * 1000L;
        long reference = REFERENCE_MILLIS - offset + days * 86_400_000L;
        if (!isLocal()) {
            return truncate(millis, binSize, reference);
        }
        if (binSize > BIN_SIZE_MAX) {
            throw Operands.error(5439006, "dateTrunc unsupported binSize value");
        }
        LocalDate local = Instant.ofEpochMilli(millis).atZone(zone).toLocalDate();
        long distance = difference(REFERENCE.plusDays(days), local, startOfWeek);
        return add(reference, distance - Math.floorMod(distance, binSize), zone);
    }

    private long truncate(long millis, long binSize, long reference) {
        try {
            long bin = Math.multiplyExact(binSize, factor);
            return Math.subtractExact(millis, Math.floorMod(Math.subtractExact(millis, reference), bin));
        } catch (ArithmeticException e) {
            throw Operands.error(this == MILLISECOND ? 5439000 : 5439002, "dateTrunc overflowed");
        }
    }

    static @Nullable DayOfWeek orNull(Operands operands, int i, boolean given, String operator) {
        if (!given) {
            return DayOfWeek.SUNDAY;
        }
        return operands.isNullish(i) ? null : startOfWeek(operands.at(i), operator);
    }
}

package dev.offshoot.mql;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A unit of time, as {@code $densify} and windows take it; calendar units are those of UTC. */
enum TimeUnit {
    YEAR(ChronoUnit.MONTHS, 12),
    QUARTER(ChronoUnit.MONTHS, 3),
    MONTH(ChronoUnit.MONTHS, 1),
    WEEK(ChronoUnit.MILLIS, 7 * 86_400_000L),
    DAY(ChronoUnit.MILLIS, 86_400_000L),
    HOUR(ChronoUnit.MILLIS, 3_600_000L),
    MINUTE(ChronoUnit.MILLIS, 60_000L),
    SECOND(ChronoUnit.MILLIS, 1000L),
    MILLISECOND(ChronoUnit.MILLIS, 1);

    private final ChronoUnit basis;
    private final long count;

    TimeUnit(ChronoUnit basis, long count) {
        this.basis = basis;
        this.count = count;
    }

    static TimeUnit parse(String name) {
        for (TimeUnit unit : values()) {
            if (unit.name().toLowerCase(Locale.ROOT).equals(name)) {
                return unit;
            }
        }
        throw new CommandException(ErrorCode.FAILED_TO_PARSE, "unknown time unit value: " + name);
    }

    /** Whether all of them take the same time. */
    boolean isFixed() {
        return basis == ChronoUnit.MILLIS;
    }

    /** How long a fixed one takes. */
    long millis() {
        if (!isFixed()) {
            throw new AssertionError(this + " has no fixed length");
        }
        return count;
    }

    /** So many units later; the last day of a month where the day does not exist. */
    long add(long millis, long amount) {
        try {
            long total = Math.multiplyExact(count, amount);
            if (isFixed()) {
                return Math.addExact(millis, total);
            }
            return LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC)
                    .plusMonths(total)
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
        } catch (ArithmeticException | DateTimeException e) {
            throw Operands.error(5166406, "dateAdd overflowed");
        }
    }
}

package dev.offshoot.mql;

import static dev.offshoot.mql.UpdateTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatesTest {
    private static final List<String> ZONES = List.of(
            "UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "+05:30", "-0330", "Pacific/Auckland");
    private static final List<String> UNITS =
            List.of("year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond");

    private static final String ADDED = "{$dateAdd: {startDate: '$d', unit: '$u', amount: '$n', timezone: '$z'}}";
    private static final String TRUNCATED = "{$dateTrunc: {date: '$d', unit: '$u', timezone: '$z'}}";

    private static String read(String text) {
        return Dates.iso(DateText.parse(text, TimeZones.UTC));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    2017-07-04T11:56:02Z              | 2017-07-04T11:56:02.000Z
                    2017-07-04 11:56:02.813           | 2017-07-04T11:56:02.813Z
                    2017-07-04T11:56                  | 2017-07-04T11:56:00.000Z
                    July 4th, 2017 12:39:30 BST       | 2017-07-04T11:39:30.000Z
                    July 4th, 2017 11am               | 2017-07-04T11:00:00.000Z
                    2017-Jul-04 noon                  | 2017-07-04T12:00:00.000Z
                    2017-07-04 12:48:07 GMT+0545      | 2017-07-04T07:03:07.000Z
                    2017-07-04 12:48:07 +0500         | 2017-07-04T07:48:07.000Z
                    7/4/17                            | 2017-07-04T00:00:00.000Z
                    04-07-2017                        | 2017-07-04T00:00:00.000Z
                    2018-03-03                        | 2018-03-03T00:00:00.000Z
                    """)
    void dates_are_read_in_the_forms_that_mongodb_reads(String text, String expected) {
        assertThat(read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12:50:53", "July 4th"})
    void an_incomplete_date_is_refused(String text) {
        assertError(() -> read(text), 241, "an incomplete date/time string has been found, with elements missing: \"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2017, 12:50:53", "60.Monday1770/06:59", "", "2017-13-01", "2017-02-30"})
    void other_text_is_no_date(String text) {
        assertError(() -> read(text), 241, "Error parsing date string '" + text + "'");
    }

    /** A random date of 1990 to 2040, a unit, an amount and a zone, and the operators on them. */
    private record Draw(long seed, Doc document, String unit, long amount) {
        static Draw of(long seed) {
            Random random = new Random(seed);
            long from = Instant.parse("1990-01-01T00:00:00Z").toEpochMilli();
            long to = Instant.parse("2040-01-01T00:00:00Z").toEpochMilli();
            String unit = UNITS.get(random.nextInt(UNITS.size()));
            long amount = random.nextInt(41) - 20L;
            Doc document = new DocBuilder()
                    .append("d", Value.date(from + (long) (random.nextDouble() * (to - from))))
                    .append("n", Value.of(amount))
                    .append("u", Value.of(unit))
                    .append("z", Value.of(ZONES.get(random.nextInt(ZONES.size()))))
                    .buildDoc();
            return new Draw(seed, document, unit, amount);
        }

        Value get(String expression) {
            Value value = Expression.compile(Json.value(expression)).evaluate(document, Json.context());
            return Objects.requireNonNull(value, () -> "a result, seed " + seed);
        }
    }

    @Test
    void the_difference_to_what_was_added_is_the_amount() {
        long first = new Random().nextLong();
        for (long seed = first; seed != first + 2000; seed++) {
            Draw draw = Draw.of(seed);
            Value difference =
                    draw.get("{$dateDiff: {startDate: '$d', endDate: " + ADDED + ", unit: '$u', timezone: '$z'}}");
            assertThat(difference.toLong())
                    .as("%s, seed %d", draw.document, seed)
                    .isEqualTo(draw.amount);
        }
    }

    @Test
    void a_truncated_date_is_the_first_of_its_unit() {
        long first = new Random().nextLong();
        for (long seed = first; seed != first + 2000; seed++) {
            Draw draw = Draw.of(seed);
            long truncated = draw.get(TRUNCATED).asInt64();
            assertThat(truncated)
                    .as("%s, seed %d", draw.document, seed)
                    .isLessThanOrEqualTo(draw.get("'$d'").asInt64())
                    .isEqualTo(draw.get("{$dateTrunc: {date: " + TRUNCATED + ", unit: '$u', timezone: '$z'}}")
                            .asInt64());
            Value before = draw.get("{$dateDiff: {startDate: {$subtract: [" + TRUNCATED
                    + ", 1]}, endDate: '$d', unit: '$u', timezone: '$z'}}");
            assertThat(before.toLong()).as("%s, seed %d", draw.document, seed).isEqualTo(1);
        }
    }

    @Test
    void the_parts_of_a_date_make_that_date() {
        long first = new Random().nextLong();
        for (long seed = first; seed != first + 2000; seed++) {
            Draw draw = Draw.of(seed);
            for (String iso : List.of("false", "true")) {
                String names = iso.equals("true") ? "isoWeekYear isoWeek isoDayOfWeek" : "year month day";
                StringBuilder parts = new StringBuilder("timezone: 'UTC'");
                for (String name : (names + " hour minute second millisecond").split(" ")) {
                    parts.append(", ")
                            .append(name)
                            .append(": '$$p.")
                            .append(name)
                            .append('\'');
                }
                Value date = draw.get("{$let: {vars: {p: {$dateToParts: {date: '$d', iso8601: " + iso
                        + "}}}, in: {$dateFromParts: {" + parts + "}}}}");
                assertThat(date).as("%s, seed %d", draw.document, seed).isEqualTo(draw.get("'$d'"));
            }
        }
    }

    @Test
    void a_date_written_by_a_format_is_read_by_it() {
        long first = new Random().nextLong();
        for (long seed = first; seed != first + 1000; seed++) {
            Draw draw = Draw.of(seed);
            for (String format :
                    List.of("%Y-%m-%dT%H:%M:%S.%L%z", "%G-W%V-%u %H:%M:%S:%L %Z", "%d. %B %Y, %H:%M:%S.%L %z")) {
                String text = "{$dateToString: {date: '$d', format: '" + format + "', timezone: '$z'}}";
                Value date = draw.get("{$dateFromString: {dateString: " + text + ", format: '" + format + "'}}");
                assertThat(date)
                        .as("%s %s, seed %d", format, draw.document, seed)
                        .isEqualTo(draw.get("'$d'"));
            }
        }
    }
}

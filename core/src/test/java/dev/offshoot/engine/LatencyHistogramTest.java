package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.DocBuilder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void ranges_double_and_are_halved_from_2048_microseconds_to_a_second() {
        LatencyHistogram histogram = new LatencyHistogram();
        LongStream.of(0, 1, 2, 3, 4, 2_047, 2_048, 3_071, 3_072, 1_048_575, 1_048_576, 2_097_151, 3L << 30)
                .forEach(histogram::add);
        DocBuilder out = new DocBuilder();
        histogram.write(out);
        assertThat(out.buildDoc())
                .hasToString("{\"histogram\": [{\"micros\": 0, \"count\": 2}, {\"micros\": 2, \"count\": 2},"
                        + " {\"micros\": 4, \"count\": 1}, {\"micros\": 1024, \"count\": 1},"
                        + " {\"micros\": 2048, \"count\": 2}, {\"micros\": 3072, \"count\": 1},"
                        + " {\"micros\": 786432, \"count\": 1}, {\"micros\": 1048576, \"count\": 2},"
                        + " {\"micros\": 2147483648, \"count\": 1}]}");
    }
}

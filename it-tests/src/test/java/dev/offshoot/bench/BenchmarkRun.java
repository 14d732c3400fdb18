package dev.offshoot.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How {@code mvn -Pbench} starts the benchmark. No test: its name keeps it out of the normal run, and it asserts nothing. */
final class BenchmarkRun {
    @Test
    void prints_every_number() throws Exception {
        String sections = System.getProperty("bench.sections", "");
        List<String> names = Arrays.stream(sections.split(","))
                .filter(name -> !name.isBlank())
                .toList();
        Benchmark.run(Mode.of(System.getProperty("bench.mode", "quick")), names, Path.of("target", "bench"));
    }
}

package dev.offshoot.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints every number of the project: name, baseline, measured, ratio, goal, met or missed. Absolute times are what the machine makes
 * of them today; the ratios are meant. {@code docs/benchmarks.md} tells how to run it.
 */
public final class Benchmark {
    private static final List<Section> SECTIONS = List.of(
            new MemorySection(), // first: it needs a heap that holds nothing yet
            new ManyBranchesSection(), // the same
            new ProjectsSection(),
            new BranchSection(),
            new InsertSection(),
            new GroupCommitSection(),
            new LogSizeSection(),
            new FilterSection(),
            new AggregateSection(),
            new WireSection(),
            new QuerySection(),
            new StandInSection(),
            new ReplaySection(),
            new MongoReplaySection(),
            new CheckpointSection(),
            new GitSection(),
            new LauncherSection());

    private Benchmark() {}

    /** Arguments: {@code quick} or {@code full}, then the names of sections; none for all. */
    public static void main(String[] args) throws Exception {
        Mode mode = args.length == 0 ? Mode.QUICK : Mode.of(args[0]);
        List<String> names = args.length < 2 ? List.of() : List.of(args).subList(1, args.length);
        run(mode, names, Path.of("target", "bench"));
    }

    /** Runs sections, all where none is named, with files in a folder that is on the disk to be measured. */
    static void run(Mode mode, List<String> names, Path files) throws Exception {
        Report report = new Report(System.out);
        describe(mode, report);
        for (Section section : chosen(names)) {
            try (Bench bench = Bench.of(mode, report, files)) {
                section.run(bench);
            }
        }
        report.note(load());
        report.summary();
    }

    private static List<Section> chosen(List<String> names) {
        List<Section> chosen = new ArrayList<>();
        for (Section section : SECTIONS) {
            if (names.isEmpty() || names.contains(section.name())) {
                chosen.add(section);
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no section of " + names + "; there are: "
                    + SECTIONS.stream().map(Section::name).toList());
        }
        return chosen;
    }

    private static void describe(Mode mode, Report report) throws IOException {
        report.note(String.format(
                Locale.ROOT,
                "Offshoot benchmark, %s, %s; JVM %s, %d cores, heap of %d MB; data: %s",
                mode.name(),
                LocalDate.now(java.time.ZoneOffset.UTC),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() >> 20,
                Documents.source()));
        report.note(load());
    }

    private static String load() {
        return String.format(
                Locale.ROOT,
                "load average %.1f (above the number of cores, times are mostly waiting for a core)",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}

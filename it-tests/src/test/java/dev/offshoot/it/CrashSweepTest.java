package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.it.CrashMain.Mode;
import dev.offshoot.state.ConsistencyCheck;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.state.Retention;
import dev.offshoot.state.Validation;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process halts at every step of the store in turn: around appends, publication, pages, manifests, cleanups, new segments and the
 * removal of dropped projects, and inside recovery; {@code mvn verify} takes a third of them, {@code .ci/run} all. After each halt a copy of its files is opened: every acknowledged write is there once, and the one without an
 * acknowledgement is there or not. The next process goes on with the same files, and sends that one again if it was retryable.
 */
final class CrashSweepTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.crash.seeds", 0);
    private static final long MINUTES = Long.getLong("offshoot.test.minutes", 0);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);

    /** The log of the only project. */
    private static final String LOG = "p1";

    /** One in so many points is enough where no number of seeds is asked for. */
    private static final int SHARE = 3;

    /** A step that has to be met, and how many of its kind the process lives through at most. */
    private record Point(String step, int livesThroughMax) {
        /** Whether it can be met only where the point before it has left something. */
        boolean isRecovery() {
            return step.startsWith("opening/");
        }
    }

    /** Where the log stays whole. What is told of recovery needs what the point before it leaves. */
    private static final List<Point> WHOLE = List.of(
            new Point("append.before", 20),
            new Point("segment.write.before", 20),
            new Point("segment.write.half", 20),
            new Point("opening/segment.open.before", 0),
            new Point("opening/segment.truncate.before", 0),
            new Point("opening/segment.truncate.after", 0),
            new Point("opening/segment.force.before", 0),
            new Point("opening/segment.force.after", 0),
            new Point("segment.write.after", 20),
            new Point("segment.force.before", 20),
            new Point("segment.force.after", 20),
            new Point("append.after", 20),
            new Point(CrashMain.PUBLISHED, 20),
            new Point("read.before", 1),
            new Point("read.after", 1),
            new Point("segment.open.before", 2),
            new Point("segment.open.after", 2),
            new Point("segment.truncate.before", 2),
            new Point("segment.truncate.after", 2),
            new Point("segment.forceFolder.before", 2),
            new Point("segment.forceFolder.after", 2),
            new Point("get.before", 8),
            new Point("get.after", 8),
            new Point("put.before", 20),
            new Point("pack.open.before", 4),
            new Point("pack.open.after", 4),
            new Point("opening/pack.delete.before", 0),
            new Point("opening/pack.delete.after", 0),
            new Point("pack.truncate.after", 4),
            new Point("pack.write.before", 20),
            new Point("pack.write.half", 20),
            new Point("pack.write.after", 20),
            new Point("put.after", 20),
            new Point("flush.before", 8),
            new Point("pack.force.before", 8),
            new Point("pack.force.after", 8),
            new Point("pack.rename.before", 8),
            new Point("pack.rename.after", 8),
            new Point("pack.forceFolder.before", 8),
            new Point("pack.forceFolder.after", 8),
            new Point("flush.after", 8),
            new Point("sync.before", 8),
            new Point("sync.after", 8),
            new Point("putManifest.before", 8),
            new Point("manifest.open.before", 8),
            new Point("manifest.open.after", 8),
            new Point("manifest.write.before", 8),
            new Point("manifest.write.half", 8),
            new Point("opening/manifest.delete.before", 0),
            new Point("opening/manifest.delete.after", 0),
            new Point("manifest.write.after", 8),
            new Point("manifest.force.before", 8),
            new Point("manifest.force.after", 8),
            new Point("manifest.rename.before", 8),
            new Point("manifest.rename.after", 8),
            new Point("manifest.forceFolder.before", 8),
            new Point("manifest.forceFolder.after", 8),
            new Point("putManifest.after", 8));

    /** Where cleanups run. */
    private static final List<Point> CLEANED = List.of(
            new Point("deleteManifest.before", 6),
            new Point("manifest.delete.before", 6),
            new Point("manifest.delete.after", 6),
            new Point("deleteManifest.after", 6),
            new Point("trim.before", 3),
            new Point("trim/mark.open.before", 2),
            new Point("trim/mark.open.after", 2),
            new Point("trim/segment.forceFolder.after", 2),
            new Point("trim/segment.delete.before", 4),
            new Point("opening/segment.delete.before", 0),
            new Point("opening/segment.delete.after", 0),
            new Point("trim/segment.delete.after", 4),
            new Point("trim.after", 3),
            new Point("sweep.before", 3),
            new Point("sweep/pack.open.after", 2),
            new Point("sweep/pack.write.half", 2),
            new Point("sweep/pack.force.before", 2),
            new Point("sweep/pack.rename.before", 2),
            new Point("sweep/pack.rename.after", 2),
            new Point("sweep/pack.delete.before", 6),
            new Point("sweep/pack.delete.after", 6),
            new Point("sweep/pack.forceFolder.after", 2),
            new Point("sweep.after", 3));

    /** Where another project is dropped and removed from the store. */
    private static final List<Point> RECLAIMED = List.of(
            new Point("drop/append.before", 1),
            new Point("drop/segment.write.half", 1),
            new Point("drop/segment.force.after", 1),
            new Point("drop/append.after", 1),
            new Point("reclaim/sync.before", 0),
            new Point("reclaim/sync.after", 0),
            new Point("reclaim/remove.before", 0),
            new Point("remove/manifest.delete.before", 2),
            new Point("remove/manifest.delete.after", 2),
            new Point("remove/manifest.forceFolder.after", 0),
            new Point("remove/pack.delete.before", 1),
            new Point("remove/pack.delete.after", 1),
            new Point("remove/segment.delete.before", 0),
            new Point("remove/segment.delete.after", 0),
            new Point("remove/segment.forceFolder.before", 0),
            new Point("remove/mark.delete.before", 2),
            new Point("remove/mark.delete.after", 2),
            new Point("remove/mark.forceFolder.before", 2),
            new Point("remove/mark.forceFolder.after", 2),
            new Point("reclaim/remove.after", 0));

    private final Path folder;
    private final AtomicInteger reclaims = new AtomicInteger();
    private final AtomicInteger halts = new AtomicInteger();
    private final AtomicInteger retriesOfStored = new AtomicInteger();
    private final AtomicInteger retriesOfLost = new AtomicInteger();

    CrashSweepTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void acknowledged_writes_survive_a_halt_at_every_step_once() throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        int points = 0;
        long seed = FIRST_SEED;
        do {
            points += sweep(seed, seed + Math.max(SEEDS, 1));
            seed += Math.max(SEEDS, 1);
        } while (System.nanoTime() < end);
        assertThat(halts).hasValue(points).hasValueGreaterThan(20);
        assertThat(reclaims)
                .as("removals of a dropped project that a halt cut short")
                .hasPositiveValue();
        assertThat(retriesOfLost).as("writes sent again that were not stored").hasPositiveValue();
        assertThat(retriesOfStored).as("writes sent again that were stored").hasPositiveValue();
    }

    /** Goes through all points for each of these seeds; answers how many points that were. */
    private int sweep(long firstSeed, long endSeed) throws Exception {
        int points = 0;
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> sweeps = new ArrayList<>();
            for (long seed = firstSeed; seed < endSeed; seed++) {
                for (Mode mode : Mode.values()) {
                    List<Point> chosen = chosen(points(mode), seed);
                    points += chosen.size();
                    sweeps.add(two.submit(new Sweep(seed, chosen, mode)));
                }
            }
            for (Future<?> sweep : sweeps) {
                sweep.get();
            }
        } finally {
            two.shutdownNow();
        }
        return points;
    }

    private static List<Point> points(Mode mode) {
        return switch (mode) {
            case WHOLE -> WHOLE;
            case CLEANED -> CLEANED;
            case RECLAIMED -> RECLAIMED;
        };
    }

    private static List<Point> chosen(List<Point> points, long seed) {
        if (SEEDS > 0 || MINUTES > 0) {
            return points;
        }
        List<Point> chosen = new ArrayList<>();
        long number = seed;
        for (Point point : points) {
            number += point.isRecovery() ? 0 : 1;
            if (number % SHARE == 0) {
                chosen.add(point);
            }
        }
        return chosen;
    }

    /** One folder and the processes that wrote to it one after the other. */
    private final class Sweep implements Callable<Boolean> {
        private final long seed;
        private final List<Point> points;
        private final Mode mode;
        private final Random random;
        private final Path data;
        private CrashModel model = CrashModel.empty();
        private @Nullable CrashWrite open;
        private boolean openIsStored;
        private long nextNumber = 1;
        private int copies;

        Sweep(long seed, List<Point> points, Mode mode) {
            this.seed = seed;
            this.points = points;
            this.mode = mode;
            this.random = new Random(seed);
            this.data = folder.resolve(mode.name().toLowerCase(Locale.ROOT) + "-" + seed);
        }

        @Override
        public Boolean call() throws IOException {
            for (Point point : points) {
                try {
                    account(process(point));
                    checkCopy();
                    checkOther();
                    checkOlderCheckpoint();
                    halts.incrementAndGet();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            point.step() + " of seed " + seed + " (-Doffshoot.test.seed=" + seed + ")", e);
                }
            }
            return true;
        }

        private List<String> process(Point point) throws IOException {
            List<String> arguments = new ArrayList<>(List.of(
                    data.toString(),
                    Long.toString(random.nextInt(1 << 30)),
                    Long.toString(nextNumber),
                    point.step(),
                    Integer.toString(random.nextInt(point.livesThroughMax() + 1)),
                    mode.name()));
            CrashWrite again = open;
            if (again != null && again.kind().isRetryable()) {
                arguments.add(again.toString());
            }
            return Forked.runToHalt(CrashMain.class, CrashMain.HALTED, arguments);
        }

        /** Follows what the process said. */
        private void account(List<String> said) {
            CrashWrite sent = null;
            for (String line : said) {
                if (CrashWrite.isLine(line)) {
                    sent = CrashWrite.parse(line);
                    nextNumber = Math.max(nextNumber, sent.number() + 1);
                } else if (line.startsWith(CrashMain.ACKNOWLEDGED) && sent != null) {
                    String[] parts = line.split(" ", 3);
                    assertThat(Long.parseLong(parts[1])).isEqualTo(sent.number());
                    acknowledged(sent, Long.parseLong(parts[2]));
                    sent = null;
                } else {
                    throw new AssertionError("the process said " + line);
                }
            }
            if (sent != null) { // a retry that has no answer either stays what is open
                boolean again = sent.equals(open);
                openIsStored &= again;
                open = sent;
            }
        }

        private void acknowledged(CrashWrite write, long answer) {
            if (!write.equals(open)) {
                assertThat(open == null
                                || !open.kind().isRetryable()
                                || !openIsStored
                                || write.number() > open.number())
                        .isTrue();
                open = null;
                model = model.with(write);
                return;
            }
            assertThat(answer < 0).as("%s was executed before", write).isEqualTo(openIsStored);
            if (openIsStored) {
                retriesOfStored.incrementAndGet();
            } else {
                retriesOfLost.incrementAndGet();
                model = model.with(write);
            }
            open = null;
        }

        /** Opens a copy of the files; adopts a write without an answer if it is there. */
        private void checkCopy() throws IOException {
            Path copy = copy();
            try (Store store = open(copy);
                    Projects projects = CrashMain.projects(store, random, new AtomicLong())) {
                Project project = projects.find("shop");
                if (project == null) {
                    assertThat(model).isEqualTo(CrashModel.empty());
                    return;
                }
                CrashModel served = CrashModel.served(project);
                CrashWrite unknown = open;
                if (!served.equals(model) && unknown != null && !openIsStored) {
                    model = model.with(unknown);
                    openIsStored = true;
                }
                assertThat(served).isEqualTo(model);
                contiguous(store, project);
                goesOn(project);
            }
            try (Store store = open(copy)) {
                assertThat(served(store)).as("after a checkpoint and a cleanup").isEqualTo(model);
            }
            delete(copy);
        }

        /** The other project is there and whole, or nothing of it is left once what was dropped is removed. */
        private void checkOther() throws IOException {
            if (mode != Mode.RECLAIMED) {
                return;
            }
            Path copy = copy();
            try (Store store = open(copy);
                    Projects projects = CrashMain.projects(store, random, new AtomicLong())) {
                Project other = projects.find(CrashMain.OTHER);
                reclaims.addAndGet(projects.reclaim(Long.MAX_VALUE, "", false).size());
                assertThat(projects.reclaim(Long.MAX_VALUE, "", true)).isEmpty();
                Set<String> expected = new TreeSet<>(List.of("p0", LOG));
                if (other != null) {
                    expected.add("p" + Long.toString(other.id(), 36));
                    assertThat(Validation.of(store, CrashMain.OTHER, () -> {}).problems())
                            .isEmpty();
                }
                assertThat(expected).containsAll(ids(copy));
            }
            delete(copy);
        }

        /** Of whom anything is in a store. */
        private static Set<String> ids(Path data) throws IOException {
            Set<String> ids = new TreeSet<>();
            for (String part : List.of("logs", "pages", "checkpoints")) {
                Path place = data.resolve(part);
                if (Files.isDirectory(place)) {
                    try (Stream<Path> all = Files.list(place)) {
                        all.forEach(one -> ids.add(String.valueOf(one.getFileName())));
                    }
                }
            }
            return ids;
        }

        /** Where the log is whole it says the same as the checkpoints do; else an older checkpoint does. */
        private void checkOlderCheckpoint() throws IOException {
            Path copy = copy();
            List<Path> manifests = manifests(copy);
            if (manifests.size() > 1) {
                Files.delete(manifests.get(manifests.size() - 1));
            }
            try (Store store = open(copy);
                    Projects projects = CrashMain.projects(store, random, new AtomicLong())) {
                Project project = projects.find("shop");
                if (project != null) {
                    assertThat(CrashModel.served(project))
                            .as("without the newest checkpoint")
                            .isEqualTo(model);
                    LogStore log = store.log(LOG);
                    if (mode != Mode.CLEANED && log.firstLsn() == 1) {
                        assertThat(ConsistencyCheck.heads(log, project).problems())
                                .isEmpty();
                    }
                }
            }
            delete(copy);
        }

        private Path copy() throws IOException {
            Path copy = folder.resolve(data.getFileName() + "-copy-" + ++copies);
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path to = copy.resolve(data.relativize(file));
                    Files.createDirectories(Objects.requireNonNull(to.getParent()));
                    Files.copy(file, to);
                }
            }
            return copy;
        }

        private void goesOn(Project project) {
            project.checkpoints().checkpoint();
            project.checkpoints().cleanup(new Retention(0, 0), List.of(), Long.MAX_VALUE, false);
            assertThat(CrashModel.served(project)).isEqualTo(model);
        }

        private CrashModel served(Store store) {
            try (Projects projects = CrashMain.projects(store, random, new AtomicLong())) {
                return CrashModel.served(Objects.requireNonNull(projects.find("shop")));
            }
        }

        private void contiguous(Store store, Project project) {
            LogStore log = store.log(LOG);
            long next = log.firstLsn();
            try (RecordCursor cursor = log.read(next)) {
                for (LogRecord record = cursor.next(); record != null; record = cursor.next()) {
                    assertThat(record.firstLsn()).isLessThanOrEqualTo(next);
                    next = record.lastLsn() + 1;
                }
            }
            assertThat(next - 1).as("last LSN").isEqualTo(project.lastLsn());
        }
    }

    private Store open(Path copy) {
        return FileStore.open(copy, CrashMain.options(new AtomicLong()));
    }

    private static List<Path> manifests(Path data) throws IOException {
        Path place = data.resolve("checkpoints").resolve(LOG);
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.toString().endsWith(".ckpt"))
                    .sorted()
                    .toList();
        }
    }

    private static void delete(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(copy)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}

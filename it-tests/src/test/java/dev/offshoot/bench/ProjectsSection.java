package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.engine.Request;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What a project that was made, deleted and cleaned up leaves behind for good: records in the log of the list of projects. */
final class ProjectsSection implements Section {
    private static final int PROJECTS = Integer.getInteger("bench.projects", 2_000);
    private static final int BATCH = 1_000;
    private static final int LOG_BYTES_MAX = 600;
    private static final double OPEN_NANOS_MAX = 100_000;

    @Override
    public String name() {
        return "projects";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading(PROJECTS + " projects that were made, deleted and cleaned up");
        Path folder = bench.folder("projects");
        try (Local engine = Local.open(open(folder))) {
            for (int from = 0; from < PROJECTS; from += BATCH) {
                for (int i = from; i < Math.min(from + BATCH, PROJECTS); i++) {
                    engine.run(onAdmin(new DocBuilder().append("createProject", "project-" + i)));
                    engine.run(onAdmin(new DocBuilder().append("dropProject", "project-" + i)));
                }
                cleanUp(engine);
            }
        }
        double bytes = (double) bytesOfList(folder) / PROJECTS;
        bench.report()
                .line(
                        "log of the list of projects / project",
                        Amount.bytes(LOG_BYTES_MAX),
                        Amount.bytes(bytes),
                        Spread.one(bytes / LOG_BYTES_MAX),
                        Goal.under(LOG_BYTES_MAX + " B", bytes < LOG_BYTES_MAX));
        double before = Heap.usedBytes();
        long start = System.nanoTime();
        try (Local engine = Local.open(open(folder))) {
            Doc list = engine.run(onAdmin(new DocBuilder().append("listProjects", 1)));
            double nanos = (double) (System.nanoTime() - start) / PROJECTS;
            if (!String.valueOf(list.get("projects")).equals("[]")) {
                throw new IllegalStateException("there are projects left: " + list);
            }
            bench.report()
                    .line(
                            "open the store and list / project",
                            Amount.time(OPEN_NANOS_MAX),
                            Amount.time(nanos),
                            Spread.one(nanos / OPEN_NANOS_MAX),
                            Goal.under(Amount.time(OPEN_NANOS_MAX), nanos < OPEN_NANOS_MAX));
            double heap = (Heap.usedBytes() - before) / PROJECTS;
            start = System.nanoTime();
            cleanUp(engine);
            bench.report()
                    .note(String.format(
                            Locale.ROOT,
                            "  heap %.0f B a project until the first cleanup, which takes %s a project",
                            heap,
                            Amount.time((double) (System.nanoTime() - start) / PROJECTS)));
        }
    }

    private static Store open(Path folder) {
        FileStoreOptions options = FileStoreOptions.defaults().withSync(SyncPolicy.NEVER);
        return FileStore.open(folder, options.withRoomBytesMax(0));
    }

    private static void cleanUp(Local engine) {
        Doc unused = engine.run(onAdmin(new DocBuilder()
                .append("walCleanup", 1)
                .append("retainMillis", 0)
                .append("graceMillis", 0)));
    }

    private static Request onAdmin(DocBuilder command) {
        return Request.of(command.append("$db", "admin").buildDoc());
    }

    private static long bytesOfList(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("logs").resolve("p0"))) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}

package dev.offshoot.cli;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Restored;
import dev.offshoot.engine.Engine;
import dev.offshoot.store.CorruptionException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings a project in from an archive and tells about it. */
record ArchiveRestore(Terminal terminal, TargetOptions target, Output output) {
    private static final String ACTOR = "cli";

    /**
     * @param lsn the position; null for the newest
     * @param as the name it gets; null for its own
     */
    void run(BlobStore archive, String project, @Nullable Long lsn, @Nullable String as) {
        long start = System.nanoTime();
        Restore restore = Restore.of(archive, project, lsn);
        String name = as == null ? project : as;
        try (Target open = target.openForRestore(terminal)) {
            Engine engine = open.engine("take in a project from an archive");
            requireFree(open, name);
            Restored restored = restore.into(engine.adopt(name, ACTOR));
            report(archive, name, restored, (System.nanoTime() - start) / 1_000_000);
        } catch (CorruptionException e) {
            throw new CliException(
                    ExitCodes.FAILURE,
                    "damaged data: " + e.getMessage(),
                    "another archive; nobody sees what was restored so far, and restoring again goes on",
                    e);
        }
    }

    private static void requireFree(Target open, String name) {
        if (open.projects().stream().anyMatch(project -> name.equals(project.getString("name")))) {
            throw new CliException(
                    ExitCodes.CONFLICT,
                    "project '" + name + "' already exists; nothing was restored",
                    "--as with another name");
        }
    }

    private void report(BlobStore archive, String name, Restored restored, long millis) {
        for (String damaged : restored.damaged()) {
            terminal.err()
                    .println("warning: the archive is damaged: " + damaged
                            + "; an older checkpoint and more of the log stand in. Ship to a new place");
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("project", name);
        facts.put("from", archive.describe());
        facts.put("first_lsn", restored.firstLsn());
        facts.put("last_lsn", restored.lastLsn());
        facts.put("records", restored.records());
        facts.put("skipped", restored.skipped());
        facts.put("checkpoints", restored.checkpoints());
        facts.put("pages", restored.pages());
        facts.put("damaged", restored.damaged());
        facts.put("millis", millis);
        output.fact(
                facts,
                "restored project " + name + " from " + archive.describe() + ": LSN " + restored.firstLsn() + " to "
                        + restored.lastLsn() + ", " + restored.records() + " records"
                        + (restored.skipped() > 0 ? " (" + restored.skipped() + " were there)" : "") + ", "
                        + restored.checkpoints() + (restored.checkpoints() == 1 ? " checkpoint" : " checkpoints")
                        + " with " + restored.pages() + " pages, in " + millis + " ms");
    }
}

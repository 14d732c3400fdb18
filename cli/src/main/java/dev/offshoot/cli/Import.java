package dev.offshoot.cli;

import com.mongodb.MongoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot import --project NAME --collection NAME FILE...}. */
@Command(
        name = "import",
        description = {
            "Import documents: a JSON array or one document after the other, in plain or extended JSON, gzipped or not.",
            "Documents are inserted in order; at the first bad one it stops and says where."
        })
final class Import implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(
            names = "--project",
            required = true,
            paramLabel = "NAME",
            description = "The project, or a branch of it as PROJECT~BRANCH.")
    private String project = "";

    @Option(names = "--collection", required = true, paramLabel = "NAME", description = "The collection.")
    private String collection = "";

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files, or - for the standard input.")
    private List<Path> files = List.of();

    Import(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        files.forEach(Import::check);
        if (files.stream().filter(ImportFile::isStandardInput).count() > 1) {
            throw new CliException(
                    ExitCodes.USAGE, "the standard input can be read once; nothing was imported", "- once, or files");
        }
        long start = System.nanoTime();
        try (Target open = target.openOrCreate(terminal);
                Progress progress = Progress.of(terminal, files)) {
            Importer importer = new Importer(open.database(project), collection);
            for (Path file : files) {
                try (ImportFile input = ImportFile.open(file, terminal.in(), progress)) {
                    importer.add(input);
                }
            }
            Object checkpoint = importer.imported() == 0 ? null : checkpoint(open);
            report(importer.imported(), (System.nanoTime() - start) / 1_000_000, checkpoint);
        }
        return ExitCodes.OK;
    }

    /** Makes a checkpoint, so that a restart need not read again what was imported; its LSN, null when there is none. */
    private @Nullable Object checkpoint(Target open) {
        try {
            return open.database(project)
                    .runCommand(new Document("walCheckpoint", 1))
                    .get("lsn");
        } catch (MongoException e) {
            String reason = FailureTexts.of(e).message();
            terminal.err().println("offshoot: all is imported, but there is no checkpoint: " + reason);
            return null;
        }
    }

    private void report(long imported, long millis, @Nullable Object checkpoint) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("imported", imported);
        facts.put("files", files.size());
        facts.put("millis", millis);
        if (checkpoint != null) {
            facts.put("checkpoint_lsn", checkpoint);
        }
        output.to(terminal)
                .fact(
                        facts,
                        "imported " + imported + (imported == 1 ? " document" : " documents") + " into " + project + "."
                                + collection + " in " + millis + " ms"
                                + (checkpoint == null ? "" : "; checkpoint at LSN " + checkpoint));
    }

    private static void check(Path file) {
        if (ImportFile.isStandardInput(file)) {
            return;
        }
        if (!Files.exists(file)) {
            throw new CliException(ExitCodes.NOT_FOUND, "there is no file " + file + "; nothing was imported", null);
        }
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            throw new CliException(
                    ExitCodes.USAGE, file + " is a folder or may not be read; nothing was imported", null);
        }
    }
}

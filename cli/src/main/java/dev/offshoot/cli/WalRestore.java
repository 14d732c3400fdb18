package dev.offshoot.cli;

import dev.offshoot.archive.BlobStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code offshoot wal restore PROJECT --lsn N|--checkpoint LSN --as BRANCH}: a new branch at a past position, nothing else changes. With
 * {@code --from PLACE} a new project from an archive.
 */
@Command(
        name = "restore",
        description = {
            "Make a branch of a past position. Changes nothing that is there.",
            "With --from, bring in a project from an archive or a bundle, to its newest position or to --lsn."
        })
final class WalRestore implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final ArchiveOptions archive = new ArchiveOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ArgGroup(exclusive = true)
    private @Nullable Place place;

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            description = "An archive: a folder, a bundle, or s3://BUCKET/PREFIX.")
    private @Nullable String from;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Name of the new branch; with --from of the project, by default its own.")
    private @Nullable String as;

    @Option(names = "--branch", paramLabel = "NAME", description = "The branch to go back on. Default: main.")
    private @Nullable String branch;

    static final class Place {
        @Option(names = "--lsn", paramLabel = "N", description = "A position.")
        private @Nullable Long lsn;

        @Option(
                names = "--checkpoint",
                paramLabel = "LSN",
                description = "The position of a checkpoint: offshoot wal list-checkpoints PROJECT.")
        private @Nullable Long checkpoint;
    }

    WalRestore(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String archived = from;
        if (archived != null) {
            restore(archived);
        } else {
            branch();
        }
        return ExitCodes.OK;
    }

    private void restore(String archived) {
        Place given = place;
        if (given != null && given.checkpoint != null) {
            throw wrongUsage("--from goes with --lsn and not with --checkpoint");
        }
        if (branch != null) {
            throw wrongUsage("--from brings all branches back and goes without --branch");
        }
        try (BlobStore blobs = archive.open(terminal, archived)) {
            new ArchiveRestore(terminal, target, output.to(terminal))
                    .run(blobs, project, given == null ? null : given.lsn, as);
        }
    }

    private void branch() {
        Place given = place;
        String name = as;
        if (given == null || name == null) {
            throw wrongUsage("Missing: --as and --lsn or --checkpoint, or --from");
        }
        try (Target open = target.open(terminal)) {
            long lsn = lsn(open, given);
            String of = branch == null ? "main" : branch;
            Document reply = open.database(project)
                    .runCommand(new Document("createBranch", name).append("from", of + "~" + lsn));
            Map<String, Object> made = Replies.fields(reply, BranchCreate.FIELDS);
            output.to(terminal)
                    .fact(
                            made,
                            "restored " + of + " of " + project + " at LSN " + made.get("base_lsn") + " as branch "
                                    + name);
        }
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private long lsn(Target open, Place place) {
        Long checkpoint = place.checkpoint;
        if (checkpoint == null) {
            return Lsn.check(place.lsn == null ? 0 : place.lsn);
        }
        List<Document> known = open.checkpoints(project);
        if (known.stream().noneMatch(found -> checkpoint.equals(found.get("lsn")))) {
            List<String> lsns = known.stream()
                    .map(found -> String.valueOf(found.get("lsn")))
                    .toList();
            throw new CliException(
                    ExitCodes.NOT_FOUND,
                    "'" + project + "' has no checkpoint at LSN " + checkpoint + "; it has: "
                            + (lsns.isEmpty() ? "none" : String.join(", ", lsns)),
                    "--lsn " + checkpoint + ", which needs no checkpoint, or offshoot wal list-checkpoints " + project);
        }
        return checkpoint;
    }
}

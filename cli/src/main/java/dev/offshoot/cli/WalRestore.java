package dev.offshoot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal restore PROJECT --lsn N|--checkpoint LSN --as BRANCH}: a new branch at a past position, nothing else changes. */
@Command(name = "restore", description = "Make a branch of a past position. Changes nothing that is there.")
final class WalRestore implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Place place = new Place();

    @Option(names = "--as", required = true, paramLabel = "BRANCH", description = "Name of the new branch.")
    private String as = "";

    @Option(names = "--branch", paramLabel = "NAME", description = "The branch to go back on. Default: main.")
    private String branch = "main";

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
        try (Target open = target.open(terminal)) {
            long lsn = lsn(open);
            Document reply = open.database(project)
                    .runCommand(new Document("createBranch", as).append("from", branch + "~" + lsn));
            Map<String, Object> made = Replies.fields(reply, BranchCreate.FIELDS);
            output.to(terminal)
                    .fact(
                            made,
                            "restored " + branch + " of " + project + " at LSN " + made.get("base_lsn") + " as branch "
                                    + as);
        }
        return ExitCodes.OK;
    }

    private long lsn(Target open) {
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

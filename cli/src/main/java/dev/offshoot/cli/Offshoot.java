package dev.offshoot.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code offshoot}, which holds the verbs. */
@Command(
        name = "offshoot",
        description = "Branches for MongoDB: any driver connects, a branch copies nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "VERB",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nVerbs:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ok",
            "1:failure",
            "2:wrong usage, or refused",
            "3:not found",
            "5:conflict: it exists already, or somebody else was first",
            "6:they differ, where --exit-code asks for it",
            "7:the server or the store cannot be reached"
        },
        subcommands = {
            Quickstart.class,
            Serve.class,
            Project.class,
            Branch.class,
            Tag.class,
            Undrop.class,
            MergeRequestVerbs.class,
            Diff.class,
            Merge.class,
            Conflicts.class,
            Resolve.class,
            Log.class,
            History.class,
            Blame.class,
            Commit.class,
            Reset.class,
            Reflog.class,
            Restore.class,
            Undo.class,
            Revert.class,
            CherryPick.class,
            Rebase.class,
            Import.class,
            Wal.class,
            Uri.class,
            Status.class,
            Completion.class,
            WarmUp.class
        })
final class Offshoot implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces of errors.")
    private boolean debug;

    /** The command line in these surroundings. */
    static CommandLine commandLine(Terminal terminal) {
        Offshoot root = new Offshoot();
        CommandLine line = new CommandLine(root, new Verbs(terminal));
        Failures failures = new Failures(terminal, () -> root.debug);
        return line.setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.isPerson(Terminal.Stream.OUT) ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(parsed -> failures.printed(new CommandLine.RunLast().execute(parsed)))
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}

package dev.offshoot.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of verbs that look after the log. */
@Command(
        name = "wal",
        description = "Look after the log of a project: figures, checks, checkpoints, past positions, cleanup.",
        subcommands = {
            WalStats.class,
            WalListSegments.class,
            WalTail.class,
            WalValidate.class,
            WalReplay.class,
            WalCheckpoint.class,
            WalListCheckpoints.class,
            WalRestore.class,
            WalCleanup.class,
            WalExport.class,
            WalImport.class,
            WalShip.class
        })
final class Wal implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }
}

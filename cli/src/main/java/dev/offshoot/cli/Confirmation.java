package dev.offshoot.cli;

import java.io.IOException;
import picocli.CommandLine.Option;

/** Asks before something is deleted: the answer is its name. */
final class Confirmation {
    @Option(names = "--yes", description = "Do not ask; for scripts.")
    private boolean yes;

    /** Refuses at once where nobody could answer. */
    void mustBePossible(Terminal terminal) {
        if (!yes && !terminal.isPerson(Terminal.Stream.IN)) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "deleting asks for the name, and there is no terminal to ask on; nothing was deleted",
                    "the same with --yes");
        }
    }

    /** Returns if the answer is the name. */
    void ask(Terminal terminal, String what, String name) throws IOException {
        if (yes) {
            return;
        }
        String answer = terminal.ask("This deletes " + what + ". Type the name to go on: ");
        if (!answer.equals(name)) {
            throw new CliException(
                    ExitCodes.USAGE, "'" + answer + "' is not '" + name + "'; nothing was deleted", null);
        }
    }
}

package dev.offshoot.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code offshoot completion bash|zsh}. */
@Command(
        name = "completion",
        description = {"Print a script that completes verbs and options.", "Use: source <(offshoot completion bash)"})
final class Completion implements Callable<Integer> {
    enum Shell {
        BASH,
        ZSH
    }

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "bash|zsh", description = "The shell. One script serves both.")
    private Shell shell = Shell.BASH;

    Completion(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (shell == Shell.ZSH) {
            terminal.out().println("autoload -U +X compinit && compinit");
        }
        terminal.out().print(AutoComplete.bash("offshoot", spec.root().commandLine()));
        return ExitCodes.OK;
    }
}

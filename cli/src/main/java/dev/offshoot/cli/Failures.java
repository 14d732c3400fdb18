package dev.offshoot.cli;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what a verb throws into a cause, a next step and an exit code. Stack traces only on request. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Terminal terminal;
    private final BooleanSupplier debug;

    Failures(Terminal terminal, BooleanSupplier debug) {
        this.terminal = terminal;
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String verb = e.getCommandLine().getCommandSpec().qualifiedName();
        report(String.valueOf(e.getMessage()), verb + " --help");
        return ExitCodes.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine verb, ParseResult parsed) {
        if (e instanceof ParameterException wrongUsage) {
            return handleParseException(wrongUsage, new String[0]);
        }
        CliException failure = e instanceof CliException ours ? ours : FailureTexts.of(e);
        report(failure.message(), failure.hint());
        if (debug.getAsBoolean()) {
            e.printStackTrace(terminal.err());
        }
        return failure.exitCode();
    }

    /** The exit code of a verb that ended well, unless what it printed got nowhere. */
    int printed(int exitCode) {
        IOException failure = terminal.out().failure();
        if (failure == null) {
            return exitCode;
        }
        report("not all was printed: cannot write to the standard output: " + failure.getMessage(), null);
        return ExitCodes.FAILURE;
    }

    private void report(String message, @Nullable String hint) {
        terminal.err().println("offshoot: " + message);
        if (hint != null) {
            terminal.err().println("  try: " + hint);
        }
    }
}

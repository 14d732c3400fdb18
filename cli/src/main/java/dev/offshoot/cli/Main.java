package dev.offshoot.cli;

/** Where the JVM starts. Exit codes are those of {@link ExitCodes}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        StopSignal stop = StopSignal.ofProcess();
        int code = Offshoot.commandLine(Terminal.ofProcess(stop)).execute(args);
        if (!stop.finished(code)) {
            System.exit(code);
        }
    }
}

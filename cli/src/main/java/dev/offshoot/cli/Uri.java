package dev.offshoot.cli;

import com.mongodb.ConnectionString;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot uri PROJECT [BRANCH]}: puts the text together and asks nobody. */
@Command(name = "uri", description = "Print the URI with which any driver connects to a branch.")
final class Uri implements Callable<Integer> {
    private static final String MAIN = "main";
    private static final Pattern BRANCH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,47}");
    private static final Pattern PROJECT = Pattern.compile("[^/\\\\. \"$*<>:|?@~#%\\s]{1,63}");

    private final Terminal terminal;

    @Option(
            names = "--uri",
            paramLabel = "URI",
            description =
                    "The server. Default: $" + TargetOptions.URI_VARIABLE + ", or " + TargetOptions.DEFAULT_URI + ".")
    private String server = "";

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "BRANCH", arity = "0..1", description = "Name of the branch. Default: main.")
    private String branch = MAIN;

    Uri(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        check(PROJECT, project, "a project");
        check(BRANCH, branch, "a branch");
        String uri = of(server.isEmpty() ? TargetOptions.defaultUri(terminal) : server, project, branch);
        output.to(terminal).fact(Map.of("uri", uri), uri);
        return ExitCodes.OK;
    }

    /** The server's URI with the database in it; credentials and options stay. */
    static String of(String server, String project, String branch) {
        ConnectionString parsed = Target.parse(server);
        if (parsed.getDatabase() != null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "the server's URI names a database already: " + parsed.getDatabase(),
                    "--uri without what follows the port's /");
        }
        int options = server.indexOf('?');
        String base = options < 0 ? server : server.substring(0, options);
        String rest = options < 0 ? "" : server.substring(options);
        String database = branch.equals(MAIN) ? project : project + "~" + branch;
        return base + (base.endsWith("/") ? "" : "/") + database + rest;
    }

    private static void check(Pattern pattern, String name, String what) {
        if (!pattern.matcher(name).matches()) {
            throw new CliException(
                    ExitCodes.USAGE, "'" + name + "' cannot be the name of " + what, "offshoot uri PROJECT BRANCH");
        }
    }
}

package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot merge PROJECT SOURCE [INTO]}, and {@code --continue}, {@code --abort}. */
@Command(
        name = "merge",
        description = {
            "Bring what happened at a branch, tag or position into a branch, in one commit.",
            "Conflicts stop it (exit code 5) and the branch stays as it is: see them with 'conflicts', decide them with",
            "'resolve', then 'merge PROJECT --continue' or 'merge PROJECT --abort'."
        })
final class Merge implements Callable<Integer> {
    private static final List<String> FIELDS = List.of(
            "status", "kind", "into", "from", "base", "changes", "conflicts", "plan", RuleOptions.UNKNOWN, "head_lsn");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(
            index = "0",
            paramLabel = "PROJECT",
            description = "Name of the project, or project~branch, the branch to merge into.")
    private String project = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SOURCE",
            description =
                    "What to merge: a branch, branch~LSN, branch~TIME or a tag. With --continue or --abort the branch"
                            + " that is merged into.")
    private @Nullable String source;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "INTO",
            description = "The branch to merge into. Default: the one that PROJECT names, or main.")
    private @Nullable String into;

    @ArgGroup(exclusive = true)
    private @Nullable GoingOn goingOn;

    static final class GoingOn {
        @Option(names = "--continue", description = "Go on with the merge that waits, once its conflicts are resolved.")
        private boolean proceed;

        @Option(names = "--abort", description = "Forget the merge that waits; the branch is as it was.")
        private boolean abort;
    }

    @Option(names = "--dry-run", description = "Only show what it would come to, conflicts too. Changes nothing.")
    private boolean dryRun;

    @ArgGroup(exclusive = true)
    private @Nullable FastForward fastForward;

    static final class FastForward {
        @Option(names = "--ff-only", description = "Refuse unless the branch has nothing of its own and can be moved.")
        private boolean only;

        @Option(names = "--no-ff", description = "Make a commit of the changes also where the branch could be moved.")
        private boolean never;

        @Option(names = "--squash", description = "Take the changes without saying that the source was merged.")
        private boolean squash;
    }

    @Mixin
    private final RuleOptions rules = new RuleOptions();

    @Option(names = "--plan", paramLabel = "PLAN", description = "Only do what --dry-run showed under this name.")
    private @Nullable String plan;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "What the commit says about itself.")
    private @Nullable String message;

    Merge(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = command();
        try (Target open = target.open(terminal)) {
            return show(open.once(project, command));
        }
    }

    /** All that was given, so that what cannot stand together is refused and not ignored. */
    private Document command() {
        GoingOn on = goingOn;
        Document command;
        if (on != null) {
            if (into != null) {
                throw usage("--continue and --abort go on with the merge that waits; only name the branch");
            }
            command = new Document("mergeBranch", 1)
                    .append("continue", on.proceed)
                    .append("abort", on.abort);
            append(command, "into", source);
        } else if (source == null) {
            throw usage("say what to merge");
        } else {
            command = new Document("mergeBranch", source);
            append(command, "into", into);
        }
        command.append("dryRun", dryRun);
        append(command, "message", message);
        append(command, "plan", plan);
        rules.appendTo(command);
        FastForward ff = fastForward;
        if (ff != null) {
            command.append("ff", ff.only ? "only" : ff.never ? "never" : "auto").append("squash", ff.squash);
        }
        return command;
    }

    private CliException usage(String what) {
        return new CliException(ExitCodes.USAGE, what, "offshoot merge " + project + " feature-x main");
    }

    private static void append(Document command, String field, @Nullable String value) {
        if (value != null) {
            command.append(field, value);
        }
    }

    private int show(Document reply) {
        String status = reply.getString("status");
        Output to = output.to(terminal);
        to.fact(Replies.fields(reply, FIELDS), sentence(reply, status));
        RuleOptions.warn(terminal, reply);
        if (!status.equals("conflicts")) {
            return ExitCodes.OK;
        }
        if (!to.json() && !dryRun) {
            terminal.err().println("  try: offshoot conflicts " + project + " " + branch(reply, "into"));
        }
        return ExitCodes.CONFLICT;
    }

    private static String sentence(Document reply, String status) {
        if (status.equals("aborted")) {
            return "aborted; " + reply.getString("into") + " is as it was";
        }
        String into = branch(reply, "into");
        String from =
                branch(reply, "from") + "~" + reply.get("from", Document.class).get("lsn");
        boolean dryRun = reply.getBoolean("dryRun", false);
        return switch (status) {
            case "upToDate" -> into + " has all of " + from + " already";
            case "fastForward" ->
                (dryRun ? "would move " : "moved ") + into + " forward to " + from + planned(reply, dryRun);
            case "merged" ->
                (dryRun ? "would merge " : "merged ") + from + " into " + into + ": " + changes(reply)
                        + (dryRun ? "" : ", at LSN " + reply.get("head_lsn")) + planned(reply, dryRun);
            default ->
                Replies.count(reply, "conflicts", "conflict") + stop(reply, dryRun) + " the merge of "
                        + from + " into " + into + ", which is as it was; besides: " + changes(reply)
                        + planned(reply, dryRun);
        };
    }

    private static String stop(Document reply, boolean dryRun) {
        boolean isOne = Replies.number(reply, "conflicts") == 1;
        return dryRun ? " would stop" : isOne ? " stops" : " stop";
    }

    private static String planned(Document reply, boolean dryRun) {
        return dryRun ? " (plan " + reply.getString("plan") + ")" : "";
    }

    private static String branch(Document reply, String field) {
        return reply.get(field, Document.class).getString("branch");
    }

    private static String changes(Document reply) {
        Document changes = reply.get("changes", Document.class);
        if (changes == null) {
            return "done before";
        }
        List<String> words = changes.entrySet().stream()
                .filter(change -> !Long.valueOf(0).equals(change.getValue()))
                .map(change -> words((Number) change.getValue(), change.getKey()))
                .toList();
        return words.isEmpty() ? "nothing changes" : String.join(", ", words);
    }

    private static String words(Number count, String change) {
        return switch (change) {
            case "created", "dropped" -> Replies.count(count, "collection") + " " + change;
            case "altered" -> Replies.count(count, "setting") + " altered";
            default -> count + " " + change;
        };
    }
}

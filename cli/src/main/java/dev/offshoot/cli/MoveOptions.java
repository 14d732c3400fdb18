package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What undo, revert, cherry-pick and rebase have in common: conflicts, and how they end. */
final class MoveOptions {
    private static final List<String> FIELDS = List.of("status", "kind", "changes", "conflicts", "plan", "head_lsn");

    /** Those of commits that are kept apart. */
    private static final List<String> COMMIT_FIELDS = List.of("picked", "dropped", "already", "stopped_at");

    @Mixin
    private final RuleOptions rules = new RuleOptions();

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "What the commit says about itself.")
    private @Nullable String message;

    @Option(names = "--dry-run", description = "Only tell what it would change.")
    private boolean dryRun;

    @Option(
            names = "--plan",
            paramLabel = "PLAN",
            description = "Do exactly what --dry-run told with this plan, or nothing.")
    private @Nullable String plan;

    @Option(names = "--continue", description = "Go on, now that the conflicts are resolved.")
    private boolean goOn;

    @Option(names = "--abort", description = "Give it up; the branch is as it was.")
    private boolean abort;

    /** Whether it ends what waits instead of beginning something. */
    boolean ends() {
        return goOn || abort;
    }

    /** Adds them to a command. */
    Document appendTo(Document command) {
        rules.appendTo(command);
        append(command, "message", message);
        append(command, "plan", plan);
        for (Map.Entry<String, Boolean> flag :
                new TreeMap<>(Map.of("dryRun", dryRun, "continue", goOn, "abort", abort)).entrySet()) {
            if (flag.getValue()) {
                command.append(flag.getKey(), true);
            }
        }
        return command;
    }

    private static void append(Document command, String field, @Nullable String value) {
        if (value != null) {
            command.append(field, value);
        }
    }

    /**
     * Tells what came of it.
     *
     * @param verb with what names the branch, for the next step: {@code undo shop~dev}
     * @return the exit code
     */
    int report(Terminal terminal, Output output, Document reply, String verb, String place) {
        String status = reply.getString("status");
        List<String> fields = new ArrayList<>(FIELDS);
        COMMIT_FIELDS.stream().filter(reply::containsKey).forEach(fields::add);
        if (reply.containsKey(RuleOptions.UNKNOWN)) {
            fields.add(RuleOptions.UNKNOWN);
        }
        output.fact(Replies.fields(reply, fields), sentence(reply, status, verb, place));
        if (!output.json()) {
            already(reply).forEach(terminal.out()::println);
        }
        RuleOptions.warn(terminal, reply);
        if (!status.equals("conflicts")) {
            return ExitCodes.OK;
        }
        if (!dryRun) {
            terminal.err()
                    .println("  see them with: offshoot conflicts " + branch(place)
                            + ", say what counts with: offshoot resolve, then: offshoot " + verb
                            + " --continue, or --abort");
        }
        return ExitCodes.CONFLICT;
    }

    /** A database reference as the verbs for conflicts take it. */
    private static String branch(String place) {
        return place.replace('~', ' ').replace('@', ' ');
    }

    private String sentence(Document reply, String status, String verb, String place) {
        return switch (status) {
            case "aborted" -> "gave it up; " + place + " is as it was";
            case "upToDate" -> "nothing to do" + commits(reply) + "; " + place + " is at LSN " + reply.get("head_lsn");
            case "conflicts" ->
                Replies.count(reply, "conflicts", "conflict") + (dryRun ? " to be expected" : "")
                        + stoppedAt(reply.get("stopped_at", Document.class)) + "; " + place + " is as it was";
            default ->
                (dryRun ? "would change " : "changed ")
                        + place
                        + commits(reply)
                        + counts(reply.get("changes", Document.class))
                        + (dryRun
                                ? "; do it with: offshoot " + verb + " ... --plan " + reply.get("plan")
                                : "; it is at LSN " + reply.get("head_lsn"));
        };
    }

    /** Which commit of several is in conflict. */
    private static String stoppedAt(@Nullable Document commit) {
        if (commit == null) {
            return "";
        }
        String message = commit.getString("message");
        return " in commit " + commit.get("number") + " of " + commit.get("of") + ", " + commit.get("branch") + "~"
                + commit.get("last_lsn") + " (" + commit.get("actor") + ", " + commit.get("command")
                + (message == null ? ")" : ": " + message + ")");
    }

    private static String commits(Document reply) {
        if (reply.get("picked") == null) {
            return "";
        }
        int picked = reply.getInteger("picked");
        int already = alreadyCount(reply);
        int nothing = reply.getInteger("dropped") - already;
        List<String> left = new ArrayList<>();
        if (already > 0) {
            left.add(Replies.count(already, "commit") + (already == 1 ? " is" : " are") + " there already");
        }
        if (nothing > 0) {
            left.add(Replies.count(nothing, "commit") + " came to nothing");
        }
        return (picked == 0 ? "" : " by " + Replies.count(picked, "commit"))
                + (left.isEmpty() ? "" : " (" + String.join(", ", left) + ")");
    }

    private static int alreadyCount(Document reply) {
        Document already = reply.get("already", Document.class);
        return already == null ? 0 : already.getInteger("count");
    }

    /** Which commits were left out because they are there already, a line each. */
    private static List<String> already(Document reply) {
        List<String> lines = new ArrayList<>();
        Document already = reply.get("already", Document.class);
        if (already != null) {
            for (Document commit : already.getList("commits", Document.class)) {
                Document as = commit.get("as", Document.class);
                String message = commit.getString("message");
                lines.add("  left out " + commit.get("branch") + "~" + commit.get("last_lsn")
                        + (message == null ? "" : " (" + message + ")")
                        + ": it is there as " + as.get("branch") + "~" + as.get("lsn"));
            }
            int more = alreadyCount(reply) - lines.size();
            if (more > 0) {
                lines.add("  and " + more + " more");
            }
        }
        return lines;
    }

    private static String counts(@Nullable Document changes) {
        if (changes == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        changes.forEach((name, count) -> {
            boolean isDocuments = List.of("inserted", "updated", "deleted").contains(name);
            if (isDocuments || ((Number) count).longValue() > 0) {
                text.append(text.isEmpty() ? ": " : ", ")
                        .append(count)
                        .append(' ')
                        .append(name);
            }
        });
        return text.toString();
    }
}

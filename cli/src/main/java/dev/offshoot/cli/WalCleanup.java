package dev.offshoot.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/** {@code offshoot wal cleanup PROJECT|--all [--retain 7d|forever] [--dry-run] [--no-grace]}. */
@Command(
        name = "cleanup",
        description = {
            "Remove checkpoints, log and pages that are neither kept nor in use. Asks first.",
            "Nothing that a branch or an open cursor can reach is ever removed."
        })
final class WalCleanup implements Callable<Integer> {
    private static final String ADMIN = "admin";
    private static final String ALL = "all";
    private static final String DELETED = "deleted";
    private static final String DROPPED_AT = "droppedAt";

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Which which = new Which();

    @Option(
            names = "--retain",
            paramLabel = "7d|forever",
            description = "How much of the past to keep. Default: what the server keeps, or forever.")
    private @Nullable String retain;

    @Option(names = "--dry-run", description = "Tell what would be removed, and remove nothing.")
    private boolean dryRun;

    @Option(
            names = "--no-grace",
            description = "Also remove what somebody else may have begun to read in the last hour. Only with --data or"
                    + " --store, when you know that nobody does.")
    private boolean noGrace;

    static final class Which {
        @Parameters(index = "0", arity = "0..1", paramLabel = "PROJECT", description = "Name of the project.")
        private String project = "";

        @Option(names = "--all", description = "All projects, and what is left of deleted ones.")
        private boolean all;

        @Option(names = "--deleted", description = "What is left of deleted projects.")
        private boolean deleted;
    }

    WalCleanup(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Document command = command();
        if (!dryRun) {
            confirmation.mustBePossible(terminal);
        }
        try (Target open = target.open(terminal)) {
            List<String> projects = databases(open);
            List<Document> first = run(open, projects, command, true);
            if (!dryRun && !first.isEmpty()) {
                confirmation.ask(
                        terminal,
                        (which.deleted ? "what is left: " : "of the past of " + name() + ": ")
                                + String.join("; ", sentences(first)),
                        name());
            }
            report(dryRun ? first : run(open, projects, command, false));
            return which.all ? open.listing().tellClosed(terminal) : ExitCodes.OK;
        }
    }

    private Document command() {
        if (noGrace && target.isServer()) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--no-grace is for a store that nobody else uses, and a server has clients",
                    "the same without --no-grace, or with --data or --store once the server is stopped");
        }
        Document command = new Document("walCleanup", 1);
        if (retain != null) {
            command.append("retainMillis", Retain.millis(retain));
        }
        return noGrace ? command.append("graceMillis", 0L) : command;
    }

    /** Where to run the command: deleted projects are the matter of {@code admin}. */
    private List<String> databases(Target open) {
        List<String> databases = new ArrayList<>();
        if (which.all) {
            open.projects().forEach(found -> databases.add(found.getString("name")));
        }
        databases.add(which.all || which.deleted ? ADMIN : which.project);
        return databases;
    }

    private String name() {
        return which.all ? ALL : which.deleted ? DELETED : which.project;
    }

    private static List<Document> run(Target open, List<String> projects, Document command, boolean dry) {
        List<Document> replies = new ArrayList<>();
        for (String project : projects) {
            Document reply = open.database(project).runCommand(new Document(command).append("dryRun", dry));
            if (project.equals(ADMIN)) {
                reply.getList("dropped", Document.class)
                        .forEach(one -> replies.add(one.append("dryRun", reply.get("dryRun"))));
            } else {
                replies.add(reply);
            }
        }
        return replies;
    }

    private void report(List<Document> replies) {
        Output to = output.to(terminal);
        if (to.json()) {
            to.rows(replies.stream().map(WalCleanup::facts).toList(), List.of());
        } else if (replies.isEmpty()) {
            terminal.out().println("nothing is left of projects that were deleted before what is kept");
        } else {
            sentences(replies).forEach(line -> terminal.out().println((dryRun ? "would remove " : "removed ") + line));
        }
    }

    private static Map<String, Object> facts(Document reply) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("project", reply.get("project"));
        facts.put("dry_run", reply.get("dryRun"));
        if (reply.containsKey(DROPPED_AT)) {
            facts.put("deleted_at", deletedAt(reply));
            facts.put("bytes", reply.get("bytes"));
            return facts;
        }
        facts.put("checkpoints", reply.get("checkpoints"));
        facts.put("log_bytes", reply.get("logBytes"));
        facts.put("pages", reply.get("pages"));
        facts.put("page_bytes", reply.get("pageBytes"));
        facts.put("oldest_lsn", reply.get("oldestLsn"));
        return facts;
    }

    private static List<String> sentences(List<Document> replies) {
        return replies.stream().map(WalCleanup::sentence).toList();
    }

    private static String deletedAt(Document reply) {
        return reply.getDate(DROPPED_AT).toInstant().toString();
    }

    private static String sentence(Document reply) {
        if (reply.containsKey(DROPPED_AT)) {
            return "all of " + reply.get("project") + ", which was deleted at " + deletedAt(reply) + ": "
                    + reply.get("bytes") + " bytes";
        }
        return "from " + reply.get("project") + ": " + reply.get("checkpoints") + " checkpoints, "
                + reply.get("logBytes") + " bytes of log, " + reply.get("pages") + " pages of " + reply.get("pageBytes")
                + " bytes; positions from LSN " + reply.get("oldestLsn") + " on stay";
    }
}

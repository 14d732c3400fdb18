package dev.offshoot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.json.JsonParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code offshoot merge-request}: asks for merges, and looks at, approves and does those that were asked for. */
@Command(
        name = "merge-request",
        description = "Ask for a merge, to be looked at, approved and checked before it is done.")
final class MergeRequestVerbs implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("id", "title", "status", "source", "into", "author", "created");

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    MergeRequestVerbs(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }

    @Command(name = "create", description = "Ask for a merge of SOURCE into TARGET.")
    int create(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "SOURCE", description = "The branch to merge.") String source,
            @Parameters(
                            index = "2",
                            paramLabel = "TARGET",
                            arity = "0..1",
                            description = "The branch to merge into. Default: the one that PROJECT names, or main.")
                    @Nullable
                    String into,
            @Option(
                            names = "--title",
                            paramLabel = "TEXT",
                            required = true,
                            description = "What it is about, in a few words.")
                    String title,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is about.") @Nullable
                    String description,
            @Option(
                            names = "--check",
                            paramLabel = "JSON",
                            description =
                                    "{name, aggregate: COLLECTION, pipeline: [...]}: has to find nothing after the merge."
                                            + " May be given several times.")
                    @Nullable
                    List<String> checks,
            @Option(names = "--approvals", paramLabel = "N", description = "How many have to approve. Default: 0.")
                    @Nullable
                    Long approvals,
            @Option(names = "--squash", description = "Merge without a second parent.") boolean squash,
            @Mixin RuleOptions rules) {
        Document command = action("create").append("source", source).append("title", title);
        append(command, "into", into);
        append(command, "description", description);
        append(command, "approvals", approvals);
        rules.appendTo(command);
        if (checks != null) {
            command.append(
                    "checks", checks.stream().map(MergeRequestVerbs::json).toList());
        }
        if (squash) {
            command.append("squash", true);
        }
        return run(
                target,
                project,
                command,
                reply -> output.to(terminal)
                        .fact(
                                Replies.fields(reply, COLUMNS),
                                "merge request " + reply.get("id") + ": " + reply.get("source") + " into "
                                        + reply.get("into")));
    }

    @Command(name = "list", description = "List those that are open.")
    int list(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Option(names = "--status", description = "open, merged, closed or all. Default: open.") @Nullable
                    String status) {
        Document command = action("list");
        append(command, "status", status);
        return run(
                target,
                project,
                command,
                reply -> output.to(terminal)
                        .rows(Replies.rows(reply.getList("mergeRequests", Document.class), COLUMNS), COLUMNS));
    }

    @Command(name = "show", description = "Show one, and what merging it now would come to.")
    int show(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id) {
        return run(
                target,
                project,
                one("show", id),
                reply -> output.to(terminal)
                        .fields(Replies.fields(
                                reply,
                                reply.keySet().stream()
                                        .filter(MergeRequestVerbs::isOwn)
                                        .toList())));
    }

    @Command(name = "comment", description = "Say something about one.")
    int comment(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id,
            @Parameters(index = "2", paramLabel = "TEXT", description = "What you say.") String text) {
        return told(target, output, project, one("comment", id).append("text", text), "commented");
    }

    @Command(name = "approve", description = "Approve one as it would be merged now. Counts until either branch moves.")
    int approve(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id,
            @Option(names = "--plan", description = "The plan that you looked at; refused where it is another one now.")
                    @Nullable
                    String plan) {
        Document command = one("approve", id);
        append(command, "plan", plan);
        return told(target, output, project, command, "approved");
    }

    @Command(name = "check", description = "Run its checks on what the merge would make.")
    int check(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id) {
        boolean[] passes = {false};
        run(target, project, one("check", id), reply -> {
            passes[0] = reply.getBoolean("passes");
            List<String> columns = List.of("name", "passes", "found");
            output.to(terminal).rows(Replies.rows(reply.getList("checks", Document.class), columns), columns);
        });
        return passes[0] ? ExitCodes.OK : ExitCodes.CONFLICT;
    }

    @Command(name = "close", description = "Close one without merging it.")
    int close(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id) {
        return told(target, output, project, one("close", id), "closed");
    }

    @Command(name = "reopen", description = "Open one again that was closed.")
    int reopen(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id) {
        return told(target, output, project, one("reopen", id), "opened again");
    }

    @Command(name = "merge", description = "Merge one that has its approvals and whose checks pass.")
    int merge(
            @Mixin TargetOptions target,
            @Mixin OutputOptions output,
            @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.") String project,
            @Parameters(index = "1", paramLabel = "ID", description = "Its number.") long id,
            @Option(names = "--plan", description = "Merge exactly this plan.") @Nullable String plan) {
        Document command = one("merge", id);
        append(command, "plan", plan);
        boolean[] merged = {false};
        run(target, project, command, reply -> {
            Document merge = reply.get("merge", Document.class);
            merged[0] = "merged".equals(reply.getString("status"));
            Map<String, Object> fields = Replies.fields(reply, COLUMNS);
            output.to(terminal)
                    .fact(
                            fields,
                            merged[0]
                                    ? "merged " + reply.get("source") + " into " + reply.get("into") + ", head LSN "
                                            + merge.get("head_lsn")
                                    : Replies.count(merge, "conflicts", "conflict")
                                            + " to resolve: offshoot conflicts " + project
                                            + " " + reply.get("into"));
        });
        return merged[0] ? ExitCodes.OK : ExitCodes.CONFLICT;
    }

    private static boolean isOwn(String field) {
        return !List.of("ok", "operationTime", "$clusterTime").contains(field);
    }

    private int told(TargetOptions target, OutputOptions output, String project, Document command, String done) {
        return run(
                target,
                project,
                command,
                reply -> output.to(terminal)
                        .fact(Replies.fields(reply, COLUMNS), done + " merge request " + reply.get("id")));
    }

    private int run(TargetOptions target, String project, Document command, Consumer<Document> print) {
        try (Target open = target.open(terminal)) {
            print.accept(open.once(project, command));
        }
        return ExitCodes.OK;
    }

    private static Document action(String action) {
        return new Document("mergeRequest", action);
    }

    private static Document one(String action, long id) {
        return action(action).append("id", id);
    }

    private static void append(Document command, String field, @Nullable Object value) {
        if (value != null) {
            command.append(field, value);
        }
    }

    private static BsonDocument json(String text) {
        try {
            return BsonDocument.parse(text);
        } catch (JsonParseException e) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--check takes a document in JSON, not " + text,
                    "for instance {name: 'stock', aggregate: 'items', pipeline: [{$match: {qty: {$lt: 0}}}]}",
                    e);
        }
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CleanupResult;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.state.Retention;
import java.util.List;
import java.util.Set;

/**
 * <code>{walCleanup: 1, retainMillis: ..., graceMillis: ..., dryRun: ...}</code>: removes what of a project is neither kept nor read by
 * anybody. Without {@code retainMillis} the server's own retention holds. On {@code admin} it removes what is left of projects that were
 * dropped before that.
 */
final class WalCleanup implements Command {
    @Override
    public String name() {
        return "walCleanup";
    }

    @Override
    public String help() {
        return "removes checkpoints, log and pages that nobody can reach any more";
    }

    @Override
    public Set<String> fields() {
        return Set.of("retainMillis", "graceMillis", "dryRun");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Retention own = call.engine().options().retention();
        Retention retention = new Retention(
                millis(call, "retainMillis", own.keepMillis()), millis(call, "graceMillis", own.graceMillis()));
        boolean dryRun = call.bool("dryRun", false);
        if (call.database().isSystem()) {
            reclaim(call, retention, dryRun, reply);
            return;
        }
        Project project = Branches.project(call);
        CleanupResult result = call.engine().checkpointing().cleanup(project, retention, dryRun);
        reply.append("project", project.name())
                .append("dryRun", dryRun)
                .append("checkpoints", result.checkpoints())
                .append("logBytes", result.logBytes())
                .append("pages", result.pages().pages())
                .append("pageBytes", result.pages().bytes())
                .append("oldestLsn", result.oldestLsn());
    }

    private static void reclaim(Invocation call, Retention retention, boolean dryRun, DocBuilder reply) {
        List<Projects.Reclaimed> reclaimed = call.engine().checkpointing().reclaim(retention, dryRun);
        reply.append("dryRun", dryRun).startArray("dropped");
        for (Projects.Reclaimed one : reclaimed) {
            reply.addDocument()
                    .append("project", one.project().name())
                    .append("id", one.project().id())
                    .appendDate("droppedAt", one.project().droppedMillis())
                    .append("bytes", one.bytes())
                    .end();
        }
        reply.end();
    }

    private static long millis(Invocation call, String field, long otherwise) {
        Value value = call.get(field);
        if (value == null) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw call.mismatch(field, value, "types '[long, int, double, decimal]'");
        }
        if (value.toLong() < 0) {
            throw new CommandException(ErrorCode.BAD_VALUE, field + " is 0 or more, not " + value);
        }
        return value.toLong();
    }
}

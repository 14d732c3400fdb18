package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CleanupResult;
import dev.offshoot.state.Project;
import dev.offshoot.state.Retention;
import java.util.Set;

/**
 * <code>{walCleanup: 1, retainMillis: ..., graceMillis: ..., dryRun: ...}</code>: removes what of a project is neither kept nor read by
 * anybody. Without {@code retainMillis} the server's own retention holds.
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
        Project project = Branches.project(call);
        Retention own = call.engine().options().retention();
        Retention retention = new Retention(
                millis(call, "retainMillis", own.keepMillis()), millis(call, "graceMillis", own.graceMillis()));
        boolean dryRun = call.bool("dryRun", false);
        CleanupResult result = call.engine().checkpointing().cleanup(project, retention, dryRun);
        reply.append("project", project.name())
                .append("dryRun", dryRun)
                .append("checkpoints", result.checkpoints())
                .append("logBytes", result.logBytes())
                .append("pages", result.pages().pages())
                .append("pageBytes", result.pages().bytes())
                .append("oldestLsn", result.oldestLsn());
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

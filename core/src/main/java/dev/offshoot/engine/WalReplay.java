package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Fingerprint;
import dev.offshoot.state.Project;
import dev.offshoot.state.ReplayReport;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{walReplay: 1, to: LSN}</code>: computes the branch that the database names at a position again from its log, and compares it with
 * what readers see there. Without {@code to} the newest position.
 */
final class WalReplay implements Command {
    @Override
    public String name() {
        return "walReplay";
    }

    @Override
    public String help() {
        return "computes a branch again from its log and compares it with what readers see";
    }

    @Override
    public Set<String> fields() {
        return Set.of("to");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Target target = Positions.of(project, call.database());
        long lsn = call.number("to", target.at() == null ? project.lastLsn() : target.at());
        ReplayReport report = project.replay(target.branch(), lsn, call.deadline()::checkNow);
        reply.append("project", project.name())
                .append("branch", report.branch())
                .append("lsn", report.lsn())
                .append("from_lsn", report.fromLsn())
                .append("records", report.records())
                .append("same", report.isSame())
                .startArray("collections");
        for (ReplayReport.Pair pair : report.collections()) {
            reply.addDocument().append("name", pair.name()).append("same", pair.isSame());
            append("replayed", pair.replayed(), reply);
            append("seen", pair.seen(), reply);
            reply.end();
        }
        reply.end();
    }

    private static void append(String name, @Nullable Fingerprint side, DocBuilder reply) {
        if (side == null) {
            reply.appendNull(name);
            return;
        }
        reply.startDocument(name)
                .append("documents", side.documents())
                .append("bytes", side.bytes())
                .append("index_entries", side.indexEntries())
                .append("hash", side.hash())
                .end();
    }
}

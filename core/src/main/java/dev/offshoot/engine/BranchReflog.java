package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;

/**
 * <code>{branchReflog: NAME, limit: 50}</code>: where the branch's head was before each command that put it elsewhere or brought in more
 * than one write, the newest first. Each entry names a position to read, to branch from or to reset to.
 */
final class BranchReflog implements Command {
    private static final int LIMIT = 50;
    private static final int LIMIT_MAX = 10_000;

    @Override
    public String name() {
        return "branchReflog";
    }

    @Override
    public String help() {
        return "where a branch's head was before resets, merges, undos, renames: {branchReflog: NAME, limit: 50}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("limit");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch branch = Moves.branch(call, project);
        long limit = Math.min(LIMIT_MAX, Math.max(1, call.number("limit", LIMIT)));
        Reflog reflog = Reflog.read(project, branch, (int) limit, call.deadline()::checkNow);
        reply.append("name", branch.name())
                .append("head_lsn", project.head(branch).lsn())
                .startArray("entries");
        for (Reflog.Entry entry : reflog.newestFirst()) {
            write(reply.addDocument(), project, branch, entry);
        }
        reply.end();
        if (reflog.trimmedBelow() > 0) {
            reply.append("trimmed_below", reflog.trimmedBelow());
        }
    }

    private static void write(DocBuilder to, Project project, Branch branch, Reflog.Entry entry) {
        to.append("lsn", entry.lsn()).append("command", entry.command());
        if (entry.target() != 0) {
            Branch from = project.catalog().branch(entry.target());
            to.append("from", (from == null ? "#" + entry.target() : from.name()) + "~" + entry.targetLsn());
        }
        if (entry.before() >= branch.id()) {
            to.append("before", branch.name() + "~" + entry.before());
        }
        if (entry.millis() != 0) {
            to.append("actor", entry.actor()).appendDate("at", entry.millis());
        }
        if (!entry.message().isEmpty()) {
            to.append("message", entry.message());
        }
        to.end();
    }
}

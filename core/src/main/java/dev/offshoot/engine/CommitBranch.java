package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Project;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import java.util.List;
import java.util.Set;

/** <code>{commitBranch: MESSAGE}</code>: names where the branch stands now by a message, which the log shows. Changes nothing else. */
final class CommitBranch implements Command {
    @Override
    public String name() {
        return "commitBranch";
    }

    @Override
    public String help() {
        return "names the position of a branch by a message";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String message = message(call);
        Project project = Branches.project(call);
        Target target = call.writeTarget();
        Statement<Boolean> mark = turn -> new Statement.Draft<>(true, List.of(new Change.Mark()), List.of());
        Result<Boolean> marked = project.write(
                        target.branch(),
                        call.origin(target.branch().name(), "", message),
                        List.of(mark),
                        true,
                        call.deadline()::checkNow)
                .get(0);
        marked.get();
        reply.append("branch", target.branch().name())
                .append("lsn", marked.lsn())
                .append("message", message);
    }

    private static String message(Invocation call) {
        String message = call.string(call.name());
        if (message.isBlank()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "a commit needs a message that says something: {commitBranch: 'MESSAGE'}");
        }
        return checkMessage(message);
    }

    /** A text that a commit may have as its message; returns it. */
    static String checkMessage(String message) {
        if (message.length() > Origin.MESSAGE_CHARS_MAX) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "a message has at most " + Origin.MESSAGE_CHARS_MAX + " characters, not " + message.length()
                            + "; shorten it");
        }
        return message;
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code getLog}: what shells show when they start. The server's log goes to its standard error only, so these are empty. */
final class GetLog implements Command {
    private static final Set<String> LOGS = Set.of("global", "startupWarnings");

    @Override
    public String name() {
        return "getLog";
    }

    @Override
    public String help() {
        return "reads a log: global or startupWarnings; '*' lists them";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String log = call.string(call.name());
        if (log.equals("*")) {
            reply.startArray("names").add("global").add("startupWarnings").end();
        } else if (LOGS.contains(log)) {
            reply.append("totalLinesWritten", 0).startArray("log").end();
        } else {
            throw new CommandException(ErrorCode.OPERATION_FAILED, "No log named '" + log + "'");
        }
    }
}

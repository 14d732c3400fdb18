package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code refreshSessions}: keeps sessions alive, and with them their cursors that have no time-out of their own. */
final class RefreshSessions implements Command {
    @Override
    public String name() {
        return "refreshSessions";
    }

    @Override
    public String help() {
        return "keeps sessions from expiring";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        SessionIds.of(call).forEach(call.engine().cursors()::refresh);
        SessionIds.of(call).forEach(call.engine().sessions()::use);
    }
}

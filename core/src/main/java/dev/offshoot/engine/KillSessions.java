package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** {@code killSessions}: as {@code endSessions}; an empty list means all. */
final class KillSessions implements Command {
    @Override
    public String name() {
        return "killSessions";
    }

    @Override
    public String help() {
        return "ends sessions and their cursors, whoever uses them";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        List<UUID> sessions = SessionIds.of(call);
        sessions.forEach(call.engine().cursors()::killOf);
        sessions.forEach(call.engine().sessions()::end);
        if (sessions.isEmpty()) {
            call.engine().cursors().killOfSessions();
            call.engine().sessions().endAll();
        }
    }
}

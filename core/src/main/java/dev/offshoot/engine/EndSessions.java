package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code endSessions}: the client is done with these sessions. */
final class EndSessions implements Command {
    @Override
    public String name() {
        return "endSessions";
    }

    @Override
    public String help() {
        return "ends sessions and their cursors";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        SessionIds.of(call).forEach(call.engine().cursors()::killOf);
        SessionIds.of(call).forEach(call.engine().sessions()::end);
    }
}

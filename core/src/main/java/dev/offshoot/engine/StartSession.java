package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;
import java.util.UUID;

/** {@code startSession}: a new session's id. Drivers make ids of their own, which are as good. */
final class StartSession implements Command {
    @Override
    public String name() {
        return "startSession";
    }

    @Override
    public String help() {
        return "starts a session";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        reply.startDocument("id")
                .append("id", SessionIds.toValue(UUID.randomUUID()))
                .end()
                .append("timeoutMinutes", Hello.SESSION_MINUTES);
    }
}

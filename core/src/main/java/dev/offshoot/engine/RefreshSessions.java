package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code refreshSessions}: keeps sessions alive, which here live as long as anybody needs them. */
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
        var unused = SessionIds.of(call);
    }
}

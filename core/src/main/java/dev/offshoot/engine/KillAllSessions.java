package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.List;
import java.util.Set;

/** {@code killAllSessions}: ends the sessions of everybody; of users it names there are none. */
final class KillAllSessions implements Command {
    @Override
    public String name() {
        return "killAllSessions";
    }

    @Override
    public String help() {
        return "ends all sessions and their cursors";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        List<Doc> users = call.documents(call.name());
        for (Doc user : users) {
            SubDocument named = new SubDocument(name() + "." + name(), user).only(Set.of("user", "db"));
            named.string("user");
            named.string("db");
        }
        if (users.isEmpty()) {
            call.engine().cursors().killOfSessions();
            call.engine().sessions().endAll();
        }
    }
}

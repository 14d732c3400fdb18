package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code connectionStatus}: who is logged in on this connection, which is nobody. */
final class ConnectionStatus implements Command {
    @Override
    public String name() {
        return "connectionStatus";
    }

    @Override
    public String help() {
        return "says who is logged in on this connection";
    }

    @Override
    public Set<String> fields() {
        return Set.of("showPrivileges");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        reply.startDocument("authInfo")
                .startArray("authenticatedUsers")
                .end()
                .startArray("authenticatedUserRoles")
                .end();
        if (call.bool("showPrivileges", false)) {
            reply.startArray("authenticatedUserPrivileges").end();
        }
        reply.end();
    }
}

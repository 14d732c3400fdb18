package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** <code>{dropProject: NAME}</code>: removes a project with all its branches. What the store has of it goes with a later cleanup. */
final class DropProject implements Command {
    @Override
    public String name() {
        return "dropProject";
    }

    @Override
    public String help() {
        return "removes a project with all its branches: {dropProject: NAME}";
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
        String name = call.string(call.name());
        call.engine().projects().drop(name, call.origin("", name));
        reply.append("dropped", name);
    }
}

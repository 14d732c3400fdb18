package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code getCmdLineOpts}: how the server was started, without what could be secret. */
final class GetCmdLineOpts implements Command {
    @Override
    public String name() {
        return "getCmdLineOpts";
    }

    @Override
    public String help() {
        return "says how the server was started";
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
        reply.startArray("argv")
                .add("offshoot")
                .end()
                .startDocument("parsed")
                .startDocument("storage")
                .append("dbPath", call.engine().describe())
                .end()
                .end();
    }
}

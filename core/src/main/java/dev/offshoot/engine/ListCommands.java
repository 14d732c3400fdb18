package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code listCommands}: every command there is, and what for. */
final class ListCommands implements Command {
    @Override
    public String name() {
        return "listCommands";
    }

    @Override
    public String help() {
        return "lists the commands";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        reply.startDocument("commands");
        for (Command command : Commands.all()) {
            reply.startDocument(command.name())
                    .append("help", command.help())
                    .append("requiresAuth", false)
                    .append("secondaryOk", true)
                    .append("adminOnly", command.adminOnly())
                    .startArray("aliases");
            command.aliases().stream().sorted().forEach(reply::add);
            reply.end().end();
        }
        reply.end();
    }
}

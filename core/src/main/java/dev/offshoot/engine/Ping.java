package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code ping}: nothing, as cheaply as possible. */
final class Ping implements Command {
    @Override
    public String name() {
        return "ping";
    }

    @Override
    public String help() {
        return "checks that the server answers";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    /** As in MongoDB. */
    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {}
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code top}: how often and for how long each collection was used. */
final class Top implements Command {
    @Override
    public String name() {
        return "top";
    }

    @Override
    public String help() {
        return "tells how often collections were used";
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
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        reply.startDocument("totals").append("note", "all times in microseconds");
        call.engine().usage().write(reply);
        reply.end();
    }
}

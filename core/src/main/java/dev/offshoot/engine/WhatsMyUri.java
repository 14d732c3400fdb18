package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** {@code whatsmyuri}: where the client comes from. */
final class WhatsMyUri implements Command {
    @Override
    public String name() {
        return "whatsmyuri";
    }

    @Override
    public String help() {
        return "tells the client its own address";
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
    public void run(Invocation call, DocBuilder reply) {
        reply.append("you", call.client().address());
    }
}

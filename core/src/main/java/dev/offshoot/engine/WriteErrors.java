package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import java.util.ArrayList;
import java.util.List;

/** The {@code writeErrors} of a reply: which statement failed, and how. */
final class WriteErrors {
    private final List<At> errors = new ArrayList<>();

    private record At(int index, CommandException error) {}

    void add(int index, CommandException error) {
        errors.add(new At(index, error));
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    void write(DocBuilder reply) {
        if (errors.isEmpty()) {
            return;
        }
        reply.startArray("writeErrors");
        for (At at : errors) {
            reply.addDocument()
                    .append("index", at.index)
                    .append("code", at.error.code().number());
            if (at.error.details() != null) {
                reply.appendAll(at.error.details());
            }
            reply.append("errmsg", at.error.message()).end();
        }
        reply.end();
    }
}

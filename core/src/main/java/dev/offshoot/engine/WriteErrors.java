package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** The {@code writeErrors} of a reply: which statement failed, and how. */
final class WriteErrors {
    private final List<At> errors = new ArrayList<>();

    private record At(int index, CommandException error) {}

    /**
     * Takes note of a statement that failed.
     *
     * @throws CommandException for an error that ends a command as a whole, as in MongoDB
     */
    void add(int index, CommandException error) {
        rethrow(error);
        errors.add(new At(index, error));
    }

    /** Throws an error that ends a command as a whole. */
    static void rethrow(CommandException error) {
        if (error.code().equals(ErrorCode.TRANSACTION_TOO_OLD) || error.code().equals(ErrorCode.MAX_TIME_MS_EXPIRED)) {
            throw error;
        }
    }

    /** Appends what an error says beside code and message. */
    static void appendDetails(CommandException error, DocBuilder to) {
        if (error.details() != null) {
            to.appendAll(error.details());
        }
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
            appendDetails(at.error, reply);
            reply.append("errmsg", at.error.message()).end();
        }
        reply.end();
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** The {@code writeErrors} of a reply: which statement failed, and how. */
final class WriteErrors {
    /** Behind so many bytes of messages, from the third error on, they are empty, as in MongoDB. */
    private static final long MESSAGES_BYTES = 1 << 20;

    /** Behind so many bytes there is only the index and the code, so that all errors of a batch fit into a reply. */
    private static final long DETAILS_BYTES = 8 << 20;

    private static final int WHOLE_MIN = 2;

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
        long messages = 0;
        long details = 0;
        int written = 0;
        for (At at : errors) {
            boolean whole = written++ < WHOLE_MIN;
            reply.addDocument()
                    .append("index", at.index)
                    .append("code", at.error.code().number());
            if (whole || details < DETAILS_BYTES) {
                appendDetails(at.error, reply);
                details += at.error.details() == null ? 0 : at.error.details().length();
            }
            String message = whole || messages < MESSAGES_BYTES ? at.error.message() : "";
            messages += message.length();
            reply.append("errmsg", message).end();
        }
        reply.end();
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.wal.RetryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The names of the statements of a write command that may be retried: session, transaction number, and a number for each statement,
 * which is its index unless {@code stmtId} or {@code stmtIds} say otherwise.
 *
 * @param session null for a command that is not retryable
 * @param first the number of the first statement
 * @param ids a number for each statement; null where they count up
 */
record RetryKeys(
        @Nullable UUID session,
        long txnNumber,
        int first,
        @Nullable List<Integer> ids) {
    static RetryKeys of(Invocation call) {
        Value txnNumber = call.get("txnNumber");
        if (txnNumber == null) {
            return new RetryKeys(null, -1, 0, null);
        }
        if (txnNumber.type() != Bson.INT64 && txnNumber.type() != Bson.INT32) {
            throw call.mismatch("txnNumber", txnNumber, "type 'long'");
        }
        UUID session = call.session();
        if (session == null) {
            throw invalid("Transaction number requires a session ID to also be specified");
        }
        if (txnNumber.toLong() < 0) {
            throw invalid("Transaction number cannot be negative");
        }
        Value ids = call.typed("stmtIds", Bson.ARRAY, "array");
        Value first = call.typed("stmtId", Bson.INT32, "int");
        if (ids != null && first != null) {
            throw invalid("May not specify both stmtId and stmtIds in write command");
        }
        return new RetryKeys(
                session, txnNumber.toLong(), first == null ? 0 : first.asInt32(), ids == null ? null : ids(call, ids));
    }

    /** Refuses a list of numbers that is not as long as the list of statements. */
    void checkCount(int statements) {
        if (ids != null && ids.size() != statements) {
            throw new CommandException(
                    ErrorCode.INVALID_LENGTH,
                    "Number of statement ids must match the number of batch entries. Got " + ids.size()
                            + " statement ids but " + statements + " batch entries");
        }
    }

    /** The name of a statement; null when the command is not retryable. */
    @Nullable
    RetryKey key(int statement) {
        if (session == null) {
            return null;
        }
        return new RetryKey(session, txnNumber, statement(statement));
    }

    /** The number that the client gave the statement. */
    int statement(int index) {
        return ids == null ? first + index : ids.get(index);
    }

    private static List<Integer> ids(Invocation call, Value given) {
        List<Integer> ids = new ArrayList<>();
        for (Doc.Field id : given.asDoc()) {
            if (id.value().type() != Bson.INT32) {
                throw call.mismatch("stmtIds." + id.name(), id.value(), "type 'int'");
            }
            ids.add(id.value().asInt32());
        }
        return ids;
    }

    private static CommandException invalid(String message) {
        return new CommandException(ErrorCode.INVALID_OPTIONS, message);
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a fail point does to one command.
 *
 * @param data as {@code configureFailPoint} got it
 */
record InjectedFailure(Doc data) {
    /** The names of errors that drivers' tests ask for by number; those with retryable numbers get the label by themselves. */
    private static final Map<Integer, String> RETRYABLE = Map.ofEntries(
            Map.entry(6, "HostUnreachable"),
            Map.entry(7, "HostNotFound"),
            Map.entry(89, "NetworkTimeout"),
            Map.entry(91, "ShutdownInProgress"),
            Map.entry(134, "ReadConcernMajorityNotAvailableYet"),
            Map.entry(189, "PrimarySteppedDown"),
            Map.entry(262, "ExceededTimeLimit"),
            Map.entry(9001, "SocketException"),
            Map.entry(10107, "NotWritablePrimary"),
            Map.entry(11600, "InterruptedAtShutdown"),
            Map.entry(11602, "InterruptedDueToReplStateChange"),
            Map.entry(13435, "NotPrimaryNoSecondaryOk"),
            Map.entry(13436, "NotPrimaryOrSecondary"));

    private static final Map<Integer, String> OTHERS = Map.of(
            1, "InternalError",
            2, "BadValue",
            11, "UserNotFound",
            13, "Unauthorized",
            18, "AuthenticationFailed",
            24, "LockTimeout",
            50, "MaxTimeMSExpired",
            64, "WriteConcernFailed",
            251, "NoSuchTransaction");

    /**
     * Does what comes before the command: waits, closes the connection, fails.
     *
     * @throws CloseConnectionException where the connection is to be closed
     * @throws CommandException the error asked for
     */
    void before(boolean retryableWrite) {
        if (flag("blockConnection")) {
            block(TimeUnit.MILLISECONDS.toNanos(number("blockTimeMS")));
        }
        if (flag("closeConnection")) {
            throw new CloseConnectionException();
        }
        if (data.has("errorCode")) {
            int code = (int) number("errorCode");
            throw new CommandException(
                    errorCode(code), "Failing command via 'failCommand' failpoint", labels(code, retryableWrite));
        }
    }

    private static void block(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left); // which may return early
        }
    }

    /** Appends what comes with the reply of a command that was run. */
    void after(DocBuilder reply, boolean retryableWrite) {
        Value error = data.get("writeConcernError");
        if (error == null || !error.isDocument()) {
            return;
        }
        DocBuilder told = reply.startDocument("writeConcernError");
        Value code = error.asDoc().get("code");
        for (Doc.Field field : error.asDoc()) {
            if (!field.name().equals("errorLabels")) {
                told.append(field.name(), field.value());
            }
        }
        int number = code == null || !code.isNumber() ? 0 : (int) code.toLong();
        if (!error.asDoc().has("codeName") && number != 0) {
            told.append("codeName", errorCode(number).name());
        }
        told.end();
        Value own = error.asDoc().get("errorLabels");
        Doc labels =
                own != null ? new DocBuilder().append("errorLabels", own).buildDoc() : labels(number, retryableWrite);
        if (labels != null) {
            reply.appendAll(labels);
        }
    }

    /** The labels of an error: those asked for, or the one that the server gives by itself. */
    private @Nullable Doc labels(int code, boolean retryableWrite) {
        Value asked = data.get("errorLabels");
        if (asked != null) {
            return asked.asDoc().isEmpty()
                    ? null
                    : new DocBuilder().append("errorLabels", asked).buildDoc();
        }
        return retryableWrite && RETRYABLE.containsKey(code) && code != 134
                ? new DocBuilder()
                        .startArray("errorLabels")
                        .add("RetryableWriteError")
                        .end()
                        .buildDoc()
                : null;
    }

    private static ErrorCode errorCode(int code) {
        String name = RETRYABLE.getOrDefault(code, OTHERS.get(code));
        return name == null ? ErrorCode.location(code) : new ErrorCode(code, name);
    }

    private boolean flag(String field) {
        Value value = data.get(field);
        return value != null && value.isTruthy();
    }

    private long number(String field) {
        Value value = data.get(field);
        return value == null || !Bson.isNumber(value.type()) ? 0 : value.toLong();
    }
}

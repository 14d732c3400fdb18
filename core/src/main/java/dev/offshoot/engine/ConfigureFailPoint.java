package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code configureFailPoint}: has commands fail on purpose. There only where {@link EngineOptions#testCommands} says so. */
final class ConfigureFailPoint implements Command {
    private static final ErrorCode FAIL_POINT_SET_FAILED = new ErrorCode(219, "FailPointSetFailed");
    private static final Set<String> DATA = Set.of(
            "failCommands",
            "appName",
            "errorCode",
            "errorLabels",
            "closeConnection",
            "blockConnection",
            "blockTimeMS",
            "writeConcernError",
            "failInternalCommands",
            "threadName",
            "namespace");

    @Override
    public String name() {
        return "configureFailPoint";
    }

    @Override
    public String help() {
        return "has commands fail on purpose: only for tests";
    }

    @Override
    public Set<String> fields() {
        return Set.of("mode", "data");
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        if (!call.engine().options().testCommands()) {
            throw new CommandException(ErrorCode.COMMAND_NOT_FOUND, "no such command: 'configureFailPoint'");
        }
        String point = call.string(name());
        Doc data = new SubDocument("configureFailPoint.data", call.document("data"))
                .only(DATA)
                .doc();
        if (!point.equals(FailPoints.FAIL_COMMAND)) {
            throw new CommandException(FAIL_POINT_SET_FAILED, point + " not found");
        }
        refuse(data, "threadName");
        refuse(data, "namespace");
        Value mode = call.get("mode");
        if (mode == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'configureFailPoint.mode' is missing but a required field");
        }
        checkList(data, "failCommands");
        checkList(data, "errorLabels");
        reply.append("count", call.engine().failPoints().configure(mode, data));
    }

    private static void refuse(Doc data, String field) {
        if (data.has(field)) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED, "'" + field + "' of fail points is not supported by Offshoot");
        }
    }

    private static void checkList(Doc data, String field) {
        Value list = data.get(field);
        if (list != null && list.type() != Bson.ARRAY) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "'" + field + "' must be an array");
        }
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code killOp}: ends a command that is running, as soon as it looks at its deadline. */
final class KillOp implements Command {
    @Override
    public String name() {
        return "killOp";
    }

    @Override
    public String help() {
        return "ends a command that is running";
    }

    @Override
    public Set<String> fields() {
        return Set.of("op");
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Value op = call.get("op");
        if (op == null) {
            throw new CommandException(ErrorCode.NO_SUCH_KEY, "Missing expected field \"op\"");
        }
        if (!op.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "Expected field \"op\" to have numeric type, but found " + Bson.typeName(op.type()));
        }
        if (op.type() != Bson.INT64 && op.toLong() != op.toDouble()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Expected field \"op\" to have a value exactly representable as a 64-bit integer, but found op: "
                            + op);
        }
        long id = op.toLong();
        if (id != (int) id) {
            throw new CommandException(
                    ErrorCode.location(26823), "invalid op : " + id + ". Op ID cannot be represented with 32 bits");
        }
        call.engine().operations().kill((int) id);
        reply.append("info", "attempting to kill op");
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** {@code setParameter}: changes parameters while the server runs, all that it names or none. */
final class SetParameter implements Command {
    @Override
    public String name() {
        return "setParameter";
    }

    @Override
    public String help() {
        return "changes the server's parameters by name";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    /** The fields are the names of parameters. */
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
        Parameters parameters = call.engine().parameters();
        Map<String, Value> asked = new LinkedHashMap<>();
        for (String field : call.fieldNames()) {
            Value value = call.get(field);
            if (!field.equals(name()) && value != null && !Engine.isCommonField(field)) {
                asked.put(field, value);
            }
        }
        if (asked.isEmpty()) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, "no option found to set, use help:true to see options ");
        }
        asked.forEach((name, value) -> check(parameters, name, value));
        boolean first = true;
        for (Map.Entry<String, Value> one : asked.entrySet()) {
            Value was = parameters.set(one.getKey(), one.getValue());
            if (first) {
                reply.append("was", was);
                first = false;
            }
        }
    }

    private static void check(Parameters parameters, String name, Value value) {
        if (parameters.has(name)) {
            parameters.check(name, value);
            return;
        }
        if (GetParameter.fixed().has(name)) {
            throw new CommandException(ErrorCode.ILLEGAL_OPERATION, "not allowed to change [" + name + "] at runtime");
        }
        throw new CommandException(
                ErrorCode.INVALID_OPTIONS,
                "attempted to set unrecognized parameter [" + name + "], use help:true to see options ");
    }
}

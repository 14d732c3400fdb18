package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The parameters of MongoDB's server that can be changed here while it runs, with their values. Thread safe. */
final class Parameters {
    private static final String TTL_ENABLED = "ttlMonitorEnabled";
    private static final String TTL_SECONDS = "ttlMonitorSleepSecs";

    private final Map<String, Value> values = new ConcurrentHashMap<>();

    Parameters(long ttlMillis) {
        values.put(TTL_ENABLED, Value.TRUE);
        values.put(TTL_SECONDS, Value.of((int) Math.min(Integer.MAX_VALUE, Math.max(1, ttlMillis / 1000))));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** All of them by name. */
    Map<String, Value> all() {
        return new TreeMap<>(values);
    }

    /** Whether documents expire by TTL indexes. */
    boolean isTtlEnabled() {
        return value(TTL_ENABLED).isTruthy();
    }

    /** How often expired documents are looked for. */
    long ttlSeconds() {
        return value(TTL_SECONDS).toLong();
    }

    private Value value(String name) {
        return values.getOrDefault(name, Value.NULL);
    }

    /**
     * Checks whether a parameter may have this value.
     *
     * @throws CommandException BadValue or TypeMismatch
     */
    void check(String name, Value value) {
        if (value(name).type() == Bson.BOOLEAN) {
            if (value.type() != Bson.BOOLEAN && !value.isNumber()) {
                throw mismatch(name, value, "bool");
            }
            return;
        }
        if (!value.isNumber()) {
            throw mismatch(name, value, "int");
        }
        if (value.toLong() < 1 || value.toLong() > Integer.MAX_VALUE) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Invalid value for parameter " + name + ": " + value.toLong() + " is not greater than 0");
        }
    }

    private static CommandException mismatch(String name, Value value, String expected) {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "Failed to set parameter '" + name + "': expected type " + expected + ", found "
                        + Bson.typeName(value.type()));
    }

    /** Sets a parameter to a value that {@link #check} let pass; answers what it was. */
    Value set(String name, Value value) {
        Value before = value(name);
        values.put(name, before.type() == Bson.BOOLEAN ? Value.of(value.isTruthy()) : Value.of((int) value.toLong()));
        return before;
    }
}

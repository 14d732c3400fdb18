package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Failures that tests ask for: MongoDB's fail point {@code failCommand}, as drivers' tests use it. Thread safe. Nothing of it costs
 * anything while no fail point is set.
 */
final class FailPoints {
    static final String FAIL_COMMAND = "failCommand";

    private final Random chance;
    private volatile @Nullable Active active;
    private int hits;

    FailPoints(Random chance) {
        this.chance = chance;
    }

    /** A fail point that is set: whom it is for, and how often it still holds. Its counts are changed in the monitor only. */
    private static final class Active {
        private final Doc data;
        private final double probability;
        private long skip;
        private long times;

        Active(Doc data, long skip, long times, double probability) {
            this.data = data;
            this.skip = skip;
            this.times = times;
            this.probability = probability;
        }
    }

    /**
     * Sets or ends the fail point.
     *
     * @return how often the one before it held
     */
    synchronized int configure(Value mode, Doc data) {
        int before = hits;
        hits = 0;
        active = null;
        if (mode.isString()) {
            switch (mode.asString()) {
                case "off" -> {}
                case "alwaysOn" -> active = new Active(data, 0, Long.MAX_VALUE, 1);
                default -> throw new CommandException(ErrorCode.BAD_VALUE, "unknown mode: " + mode.asString());
            }
        } else if (mode.isDocument() && mode.asDoc().count() == 1) {
            active = counted(mode.asDoc().first(), data);
        } else {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "'mode' must be a string or JSON object");
        }
        return before;
    }

    private static Active counted(Doc.Field mode, Doc data) {
        if (!mode.value().isNumber() || mode.value().toDouble() < 0) {
            throw new CommandException(ErrorCode.BAD_VALUE, "'" + mode.name() + "' option must be a positive number");
        }
        return switch (mode.name()) {
            case "times" -> new Active(data, 0, mode.value().toLong(), 1);
            case "skip" -> new Active(data, mode.value().toLong(), Long.MAX_VALUE, 1);
            case "activationProbability" ->
                new Active(data, 0, Long.MAX_VALUE, mode.value().toDouble());
            default ->
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "'mode' must be one of 'times', 'skip' or 'activationProbability'");
        };
    }

    /** What to do to a command, or null for nothing. Counts. */
    @Nullable
    Doc take(Command command, Client client) {
        Active now = active;
        return now == null || !isFor(now.data, command, client) ? null : count(now);
    }

    private synchronized @Nullable Doc count(Active now) {
        if (now.skip > 0) {
            now.skip--;
            return null;
        }
        if (now.times == 0 || (now.probability < 1 && chance.nextDouble() >= now.probability)) {
            return null;
        }
        now.times--;
        hits++;
        return now.data;
    }

    private static boolean isFor(Doc data, Command command, Client client) {
        Value appName = data.get("appName");
        if (appName != null && !appName.asString().equals(client.appName())) {
            return false;
        }
        Value commands = data.get("failCommands");
        for (Doc.Field name : commands == null ? Doc.EMPTY : commands.asDoc()) {
            if (name.value().type() == Bson.STRING
                    && isNamed(command, name.value().asString())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNamed(Command command, String name) {
        return command.name().equals(name) || command.aliases().contains(name);
    }
}

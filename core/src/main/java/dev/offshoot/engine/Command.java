package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Set;

/** One command of the wire protocol. One class each, found by name in {@link Commands}. Thread safe: handlers have no state. */
interface Command {
    /** The name drivers send, such as {@code listCollections}. */
    String name();

    /** What {@code listCommands} says of it. */
    String help();

    /** The fields it takes besides its name and those that every command takes; any other is refused. */
    Set<String> fields();

    /** Other spellings that drivers use. */
    default Set<String> aliases() {
        return Set.of();
    }

    /** Whether fields it does not know are refused. MongoDB itself lets them be in a few commands that probe the server. */
    default boolean strict() {
        return true;
    }

    /** Whether it only makes sense on {@code admin}. */
    default boolean adminOnly() {
        return false;
    }

    /** Whether it is a write that may be sent again with its {@code txnNumber}. */
    default boolean retryable() {
        return false;
    }

    /**
     * Does it and writes the reply's fields; {@code ok} and the times are added by the engine.
     *
     * @throws dev.offshoot.mql.CommandException as the reply
     */
    void run(Invocation call, DocBuilder reply);
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much clients asked for since the start, as {@code serverStatus} tells it in {@code opcounters}: documents to insert, statements to
 * update and delete by, finds, getMores, and all other commands. Thread safe.
 */
final class OpCounters {
    private final LongAdder inserts = new LongAdder();
    private final LongAdder queries = new LongAdder();
    private final LongAdder updates = new LongAdder();
    private final LongAdder deletes = new LongAdder();
    private final LongAdder getMores = new LongAdder();
    private final LongAdder commands = new LongAdder();

    void count(Command command, CommandFields call) {
        switch (command.name()) {
            case "insert" -> inserts.add(call.count("documents"));
            case "update" -> updates.add(call.count("updates"));
            case "delete" -> deletes.add(call.count("deletes"));
            case "find" -> queries.increment();
            case "getMore" -> getMores.increment();
            default -> commands.increment();
        }
    }

    void write(DocBuilder out) {
        out.startDocument("opcounters")
                .append("insert", inserts.sum())
                .append("query", queries.sum())
                .append("update", updates.sum())
                .append("delete", deletes.sum())
                .append("getmore", getMores.sum())
                .append("command", commands.sum())
                .end();
    }
}

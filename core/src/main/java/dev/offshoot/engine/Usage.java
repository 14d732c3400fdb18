package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;

/** How often and for how long collections were used since the start: what {@code top} answers. Thread safe. */
final class Usage {
    /** More collections than this are not told apart, so that it does not grow for ever. */
    private static final int NAMESPACES_MAX = 10_000;

    private static final String OTHERS = "(others)";

    private final Map<String, Counts> byNamespace = new ConcurrentHashMap<>();

    private enum Kind {
        QUERIES(0, "queries", false),
        GET_MORE(1, "getmore", false),
        INSERT(2, "insert", true),
        UPDATE(3, "update", true),
        REMOVE(4, "remove", true),
        COMMANDS(5, "commands", false);

        private final int index;
        private final String label;
        private final boolean writes;

        Kind(int index, String label, boolean writes) {
            this.index = index;
            this.label = label;
            this.writes = writes;
        }

        static Kind of(String command) {
            return switch (command) {
                case "find" -> QUERIES;
                case "getMore" -> GET_MORE;
                case "insert" -> INSERT;
                case "update" -> UPDATE;
                case "delete" -> REMOVE;
                default -> COMMANDS;
            };
        }
    }

    /** How {@code $collStats} puts kinds together. */
    private enum Group {
        READS("reads"),
        WRITES("writes"),
        COMMANDS("commands");

        private final String label;

        Group(String label) {
            this.label = label;
        }

        boolean has(Kind kind) {
            Group group = kind.writes ? WRITES : kind == Kind.COMMANDS ? COMMANDS : READS;
            return group == this;
        }
    }

    /**
     * The uses of one collection: the number and the microseconds of each kind side by side, as each branch has collections of its own,
     * and a read on one of many branches should meet few cache lines that are new to it.
     */
    private static final class Counts {
        private final AtomicLongArray numbers = new AtomicLongArray(2 * Kind.values().length);

        void add(Kind kind, long micros) {
            numbers.getAndIncrement(2 * kind.index);
            numbers.getAndAdd(2 * kind.index + 1, micros);
        }

        long count(Predicate<Kind> of) {
            return sum(of, 0);
        }

        long micros(Predicate<Kind> of) {
            return sum(of, 1);
        }

        private long sum(Predicate<Kind> of, int which) {
            long sum = 0;
            for (Kind kind : Kind.values()) {
                sum += of.test(kind) ? numbers.get(2 * kind.index + which) : 0;
            }
            return sum;
        }
    }

    void add(String command, String namespace, long nanos) {
        Counts counts = byNamespace.get(namespace);
        if (counts == null) {
            counts = byNamespace.computeIfAbsent(
                    byNamespace.size() < NAMESPACES_MAX ? namespace : OTHERS, name -> new Counts());
        }
        counts.add(Kind.of(command), nanos / 1000);
    }

    /** All collections by name, with time in microseconds and count of each kind of use. */
    void write(DocBuilder totals) {
        new TreeMap<>(byNamespace).forEach((namespace, counts) -> {
            totals.startDocument(namespace);
            write("total", counts, kind -> true, totals);
            write("readLock", counts, kind -> !kind.writes, totals);
            write("writeLock", counts, kind -> kind.writes, totals);
            for (Kind one : Kind.values()) {
                write(one.label, counts, kind -> kind == one, totals);
            }
            totals.end();
        });
    }

    /** The latencies of one collection in microseconds, as {@code $collStats} tells them. */
    void writeLatency(String namespace, DocBuilder stats) {
        Counts counts = byNamespace.getOrDefault(namespace, new Counts());
        for (Group group : Group.values()) {
            stats.startDocument(group.label);
            stats.append("latency", counts.micros(group::has))
                    .append("ops", counts.count(group::has))
                    .end();
        }
        stats.startDocument("transactions")
                .append("latency", 0L)
                .append("ops", 0L)
                .end();
    }

    private static void write(String name, Counts counts, Predicate<Kind> of, DocBuilder out) {
        out.startDocument(name)
                .append("time", counts.micros(of))
                .append("count", counts.count(of))
                .end();
    }
}

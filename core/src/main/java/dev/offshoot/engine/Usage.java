package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/** How often and for how long collections were used since the start: what {@code top} answers. Thread safe. */
final class Usage {
    /** More collections than this are not told apart, so that it does not grow for ever. */
    private static final int NAMESPACES_MAX = 10_000;

    private static final String OTHERS = "(others)";

    private final Map<String, Counts> byNamespace = new ConcurrentHashMap<>();

    private enum Kind {
        QUERIES("queries", false),
        GET_MORE("getmore", false),
        INSERT("insert", true),
        UPDATE("update", true),
        REMOVE("remove", true),
        COMMANDS("commands", false);

        private final String label;
        private final boolean writes;

        Kind(String label, boolean writes) {
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

    private record Count(LongAdder micros, LongAdder count) {
        Count() {
            this(new LongAdder(), new LongAdder());
        }
    }

    /** The uses of one collection by kind; the map itself does not change. */
    private static final class Counts {
        private final Map<Kind, Count> byKind = new EnumMap<>(Kind.class);

        Counts() {
            for (Kind kind : Kind.values()) {
                byKind.put(kind, new Count());
            }
        }

        Count of(Kind kind) {
            return Objects.requireNonNull(byKind.get(kind));
        }

        long micros(boolean reads, boolean writes) {
            return sum(reads, writes, count -> count.micros.sum());
        }

        long count(boolean reads, boolean writes) {
            return sum(reads, writes, count -> count.count.sum());
        }

        private long sum(boolean reads, boolean writes, ToLongFunction<Count> what) {
            long sum = 0;
            for (Map.Entry<Kind, Count> entry : byKind.entrySet()) {
                sum += (entry.getKey().writes ? writes : reads) ? what.applyAsLong(entry.getValue()) : 0;
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
        Count count = counts.of(Kind.of(command));
        count.count.increment();
        count.micros.add(nanos / 1000);
    }

    /** All collections by name, with time in microseconds and count of each kind of use. */
    void write(DocBuilder totals) {
        new TreeMap<>(byNamespace).forEach((namespace, counts) -> {
            totals.startDocument(namespace);
            write("total", counts.micros(true, true), counts.count(true, true), totals);
            write("readLock", counts.micros(true, false), counts.count(true, false), totals);
            write("writeLock", counts.micros(false, true), counts.count(false, true), totals);
            for (Kind kind : Kind.values()) {
                Count count = counts.of(kind);
                write(kind.label, count.micros.sum(), count.count.sum(), totals);
            }
            totals.end();
        });
    }

    /** The latencies of one collection, as {@code $collStats} tells them. */
    void writeLatency(String namespace, DocBuilder stats) {
        Counts counts = byNamespace.getOrDefault(namespace, new Counts());
        long commandMicros = counts.of(Kind.COMMANDS).micros.sum();
        long commandCount = counts.of(Kind.COMMANDS).count.sum();
        latency("reads", counts.micros(true, false) - commandMicros, counts.count(true, false) - commandCount, stats);
        latency("writes", counts.micros(false, true), counts.count(false, true), stats);
        latency("commands", commandMicros, commandCount, stats);
        latency("transactions", 0, 0, stats);
    }

    private static void write(String name, long micros, long count, DocBuilder out) {
        out.startDocument(name).append("time", micros).append("count", count).end();
    }

    private static void latency(String name, long micros, long ops, DocBuilder out) {
        out.startDocument(name).append("latency", micros).append("ops", ops).end();
    }
}

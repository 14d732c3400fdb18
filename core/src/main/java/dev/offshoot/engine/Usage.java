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

    /** How {@code $collStats} puts kinds together. */
    private enum Group {
        READS("reads"),
        WRITES("writes"),
        COMMANDS("commands");

        private final String label;

        Group(String label) {
            this.label = label;
        }

        static Group of(Kind kind) {
            return kind.writes ? WRITES : kind == Kind.COMMANDS ? COMMANDS : READS;
        }
    }

    /** The uses of one collection by kind; the map itself does not change. */
    private static final class Counts {
        private final Map<Kind, Count> byKind = new EnumMap<>(Kind.class);
        private final Map<Group, LatencyHistogram> byGroup = new EnumMap<>(Group.class);

        Counts() {
            for (Kind kind : Kind.values()) {
                byKind.put(kind, new Count());
            }
            for (Group group : Group.values()) {
                byGroup.put(group, new LatencyHistogram());
            }
        }

        void add(Kind kind, long micros) {
            Count count = of(kind);
            count.count.increment();
            count.micros.add(micros);
            histogram(Group.of(kind)).add(micros);
        }

        Count of(Kind kind) {
            return Objects.requireNonNull(byKind.get(kind));
        }

        LatencyHistogram histogram(Group group) {
            return Objects.requireNonNull(byGroup.get(group));
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
        counts.add(Kind.of(command), nanos / 1000);
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

    /** The latencies of one collection in microseconds, as {@code $collStats} tells them. */
    void writeLatency(String namespace, boolean histograms, DocBuilder stats) {
        Counts counts = byNamespace.getOrDefault(namespace, new Counts());
        for (Group group : Group.values()) {
            long micros = 0;
            long ops = 0;
            for (Kind kind : Kind.values()) {
                if (Group.of(kind) == group) {
                    micros += counts.of(kind).micros.sum();
                    ops += counts.of(kind).count.sum();
                }
            }
            stats.startDocument(group.label);
            if (histograms) {
                counts.histogram(group).write(stats);
            }
            stats.append("latency", micros).append("ops", ops).end();
        }
        stats.startDocument("transactions")
                .append("latency", 0L)
                .append("ops", 0L)
                .end();
    }

    private static void write(String name, long micros, long count, DocBuilder out) {
        out.startDocument(name).append("time", micros).append("count", count).end();
    }
}

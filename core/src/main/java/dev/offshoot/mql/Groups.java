package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups that a {@code $group} gathers. When they pass the memory limit they are frozen: from then on a row that would make them
 * grow is written to one of sixteen runs, by the hash of its key, so that all rows of a key are in one run and in order. In the end
 * each run is gathered for itself, by the same rule, and begins with the frozen groups of its keys. Not thread safe.
 */
final class Groups {
    private static final int PARTITION_BITS = 4;

    /** How often runs are split: after that one key alone is too large. */
    private static final int LEVELS_MAX = 6;

    private final List<Accumulation.Output> outputs;
    private final Collation collation;
    private final PipelineContext context;
    private final int level;
    private final Map<GroupKey, Accumulator[]> groups = new LinkedHashMap<>();
    private long bytes;
    private boolean growing;
    private SpillSpace.Run @Nullable [] runs;

    Groups(List<Accumulation.Output> outputs, Collation collation, PipelineContext context) {
        this(outputs, collation, context, 0);
    }

    private Groups(List<Accumulation.Output> outputs, Collation collation, PipelineContext context, int level) {
        this.outputs = outputs;
        this.collation = collation;
        this.context = context;
        this.level = level;
    }

    /** What one document gives: its group's key and a value for each output. */
    interface Row {
        Value key();

        /** The value, null where it is missing. */
        @Nullable
        Value argument(int output);
    }

    /** The row of a document; evaluates what it is asked for. Moved from document to document. */
    static final class ScopeRow implements Row {
        private final GroupStage stage;
        private @Nullable Scope scope;

        ScopeRow(GroupStage stage) {
            this.stage = stage;
        }

        Row at(Scope next) {
            scope = next;
            return this;
        }

        private Scope scope() {
            if (scope == null) {
                throw new AssertionError("a row without a document");
            }
            return scope;
        }

        @Override
        public Value key() {
            Value value = stage.id().evaluate(scope());
            return value == null ? Value.NULL : value;
        }

        @Override
        public @Nullable Value argument(int output) {
            return stage.outputs().get(output).accumulation().argument().evaluate(scope());
        }
    }

    /** A row that was written: the key under no name, each value under the place of its output. */
    private record StoredRow(Doc stored) implements Row {
        static Doc of(Row row, int outputs) {
            DocBuilder out = new DocBuilder(64).append("", row.key());
            for (int i = 0; i < outputs; i++) {
                Value value = row.argument(i);
                if (value != null) {
                    out.append(Integer.toString(i), value);
                }
            }
            return out.buildDoc();
        }

        @Override
        public Value key() {
            return stored.first().value();
        }

        @Override
        public @Nullable Value argument(int output) {
            return stored.get(Integer.toString(output));
        }
    }

    void add(Row row) {
        GroupKey key = GroupKey.of(row.key(), collation);
        Accumulator[] group = groups.get(key);
        if (runs != null && (growing || group == null)) {
            runs[partition(key)].append(StoredRow.of(row, outputs.size()));
            return;
        }
        if (group == null) {
            group = begin(key);
        }
        for (int i = 0; i < group.length; i++) {
            Accumulator accumulator = group[i];
            long before = accumulator.heldBytes();
            accumulator.add(row.argument(i));
            long after = accumulator.heldBytes();
            bytes += after - before;
            if (after > context.memoryBytesMax()) {
                throw tooLarge(outputs.get(i).accumulation().operator());
            }
        }
        if (bytes > context.memoryBytesMax() && runs == null) {
            shrink();
        }
    }

    private Accumulator[] begin(GroupKey key) {
        Accumulator[] group = new Accumulator[outputs.size()];
        Doc id = key.value().isDocument() ? key.value().asDoc() : Doc.EMPTY;
        for (int i = 0; i < group.length; i++) {
            group[i] = outputs.get(i).accumulation().begin(id, context);
            growing |= group[i].grows();
        }
        put(key.owned(), group);
        return group;
    }

    private void put(GroupKey key, Accumulator[] group) {
        groups.put(key, group);
        bytes += bytes(key, group);
    }

    private static long bytes(GroupKey key, Accumulator[] group) {
        long sum = key.value().length() + GroupStage.ENTRY_BYTES * (1 + group.length);
        for (Accumulator accumulator : group) {
            sum += accumulator.heldBytes();
        }
        return sum;
    }

    /** A single group stays as it is: each of its accumulators has a limit of its own. */
    private void shrink() {
        if (level < LEVELS_MAX) {
            freeze();
        } else if (groups.size() > 1 && bytes > 2 * context.memoryBytesMax()) {
            throw tooLarge("$group");
        }
    }

    private void freeze() {
        if (!context.spill().isAllowed()) {
            throw new CommandException(
                    ErrorCode.QUERY_EXCEEDED_MEMORY,
                    "Exceeded memory limit for $group, but didn't allow external sort."
                            + " Pass allowDiskUse:true to opt in.");
        }
        runs = new SpillSpace.Run[1 << PARTITION_BITS];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = context.spill().newRun();
        }
    }

    private CommandException tooLarge(String what) {
        return new CommandException(
                ErrorCode.EXCEEDED_MEMORY_LIMIT,
                what + " used too much memory and spilling to disk cannot reduce memory consumption any further."
                        + " Memory limit: " + context.memoryBytesMax() + " bytes");
    }

    /** Each level looks at other bits of the hash. */
    private int partition(GroupKey key) {
        int mixed = key.hashCode() * 0x9E3779B9;
        return Integer.rotateLeft(mixed, PARTITION_BITS * (level + 1)) & ((1 << PARTITION_BITS) - 1);
    }

    /** One document a group; nothing is added any more. */
    Iterator<Doc> results() {
        return runs == null ? held() : spilled(runs);
    }

    private Iterator<Doc> held() {
        Iterator<Map.Entry<GroupKey, Accumulator[]>> entries = groups.entrySet().iterator();
        return new Iterators.Ahead() {
            @Override
            @Nullable
            Doc find() {
                return entries.hasNext() ? result(entries.next()) : null;
            }
        };
    }

    private Iterator<Doc> spilled(SpillSpace.Run[] partitions) {
        return new Iterators.Ahead() {
            private int next;
            private Iterator<Doc> current = Collections.emptyIterator();

            @Override
            @Nullable
            Doc find() {
                while (!current.hasNext() && next < partitions.length) {
                    current = gathered(partitions, next++).results();
                }
                return current.hasNext() ? current.next() : null;
            }
        };
    }

    private Groups gathered(SpillSpace.Run[] partitions, int partition) {
        Groups part = new Groups(outputs, collation, context, level + 1);
        groups.entrySet().removeIf(entry -> {
            boolean mine = partition(entry.getKey()) == partition;
            if (mine) {
                part.growing = growing;
                part.put(entry.getKey(), entry.getValue());
            }
            return mine;
        });
        for (Iterator<Doc> rows = partitions[partition].documents(); rows.hasNext(); ) {
            part.add(new StoredRow(rows.next()));
        }
        partitions[partition].discard();
        return part;
    }

    private Doc result(Map.Entry<GroupKey, Accumulator[]> group) {
        DocBuilder out = new DocBuilder().append("_id", group.getKey().value());
        for (int i = 0; i < outputs.size(); i++) {
            out.append(outputs.get(i).name(), group.getValue()[i].result());
        }
        return out.buildDoc();
    }
}

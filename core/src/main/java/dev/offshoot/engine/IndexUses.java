package dev.offshoot.engine;

import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many operations used each index since the start: what {@code $indexStats} tells. Each branch counts for itself. What was counted
 * goes when {@link #retain} finds the index gone; one that is made again has another id and begins at 0. Thread safe.
 */
final class IndexUses {
    /** Further indexes are not counted, so that it does not grow for ever. */
    private static final int INDEXES_MAX = 100_000;

    /** Each entry is its own key: a read on one of many branches finds what it counts in a few cache lines that it has not met. */
    private final Map<Uses, Uses> byIndex = new ConcurrentHashMap<>();

    /**
     * @param project the project's id
     * @param branch the branch's id
     * @param index the index's id
     */
    void add(long project, long branch, long index) {
        Uses asked = new Uses(project, branch, index, 0);
        Uses uses = byIndex.get(asked);
        if (uses == null) {
            if (byIndex.size() >= INDEXES_MAX) {
                return;
            }
            Uses added = byIndex.putIfAbsent(asked, asked);
            uses = added == null ? asked : added;
        }
        uses.increment();
    }

    /** Begins again at 0 for an index that was modified, as MongoDB does. */
    void reset(long project, long branch, long index, long nowMillis) {
        Uses fresh = new Uses(project, branch, index, nowMillis);
        if (byIndex.size() < INDEXES_MAX || byIndex.containsKey(fresh)) {
            byIndex.put(fresh, fresh);
        }
    }

    long count(long project, long branch, long index) {
        Uses uses = byIndex.get(new Uses(project, branch, index, 0));
        return uses == null ? 0 : uses.sum();
    }

    /** When {@link #reset} was called last, in milliseconds since 1970; 0 for never. */
    long resetMillis(long project, long branch, long index) {
        Uses uses = byIndex.get(new Uses(project, branch, index, 0));
        return uses == null ? 0 : uses.sinceMillis;
    }

    int size() {
        return byIndex.size();
    }

    /** Forgets indexes that are not there any more. */
    void retain(Iterable<Project> opened) {
        Map<Long, Project> projects = new HashMap<>();
        opened.forEach(project -> projects.put(project.id(), project));
        Map<Branch, Indexes> branches = new HashMap<>();
        byIndex.keySet()
                .removeIf(key -> !branches.computeIfAbsent(
                                new Branch(key.project, key.branch),
                                branch -> indexes(projects.get(branch.project), branch.id))
                        .has(key.index));
    }

    /** What was counted of one index; equal to all of the same index. */
    private static final class Uses extends LongAdder {
        private static final long serialVersionUID = 1;

        private final long project;
        private final long branch;
        private final long index;
        /** When that began, in milliseconds since 1970; 0 for when the index was made, or the start if it is older. */
        private final long sinceMillis;

        Uses(long project, long branch, long index, long sinceMillis) {
            this.project = project;
            this.branch = branch;
            this.index = index;
            this.sinceMillis = sinceMillis;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Uses uses
                    && uses.index == index
                    && uses.branch == branch
                    && uses.project == project;
        }

        @Override
        public int hashCode() {
            return Long.hashCode((project * 31 + branch) * 31 + index);
        }
    }

    private record Branch(long project, long id) {}

    /** @param lsn an index that is younger may be there without being known here */
    private record Indexes(Set<Long> ids, long lsn) {
        boolean has(long id) {
            return ids.contains(id) || id > lsn;
        }
    }

    private static Indexes indexes(@Nullable Project project, long branch) {
        Snapshot state = project == null ? null : project.acknowledgedState(branch);
        Set<Long> ids = new HashSet<>();
        if (state == null) {
            return new Indexes(ids, Long.MAX_VALUE);
        }
        for (CollectionSnapshot collection : state.all()) {
            for (IndexSnapshot index : collection.indexes()) {
                ids.add(index.id());
            }
        }
        return new Indexes(ids, state.lsn());
    }
}

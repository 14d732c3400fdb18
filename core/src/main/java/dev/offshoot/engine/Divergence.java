package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.merge.AheadBehind;
import dev.offshoot.merge.Position;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.RecordCodec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many commits branches are ahead of and behind others. Costs one way through the log above where the first of them parted. */
final class Divergence {
    /** @param against what the branch is compared with, as the reply names it */
    private record Compared(String against, AheadBehind.Pair pair) {}

    private final Map<Long, Compared> byBranch = new HashMap<>();

    private Divergence() {}

    /**
     * Compares the heads of branches.
     *
     * @param heads by branch
     * @param against what all are compared with; null for the parent of each, or the default branch where that is dropped
     */
    static Divergence of(Invocation call, Project project, Map<Long, Snapshot> heads, @Nullable Target against) {
        Divergence divergence = new Divergence();
        Catalog catalog = project.catalog();
        AheadBehind counts = new AheadBehind(catalog);
        @Nullable Position fixed = against == null ? null : Position.of(against.snapshot());
        heads.forEach((id, head) -> {
            if (against != null && fixed != null) {
                divergence.add(counts, id, head, against.text(), fixed);
                return;
            }
            Branch parent = parent(catalog, catalog.existing(id));
            Snapshot other = heads.get(parent.id());
            if (other != null && parent.id() != id) {
                divergence.add(counts, id, head, parent.name(), Position.of(other));
            }
        });
        count(call, project, counts);
        return divergence;
    }

    private void add(AheadBehind counts, long branch, Snapshot head, String against, Position other) {
        byBranch.put(branch, new Compared(against, counts.compare(Position.of(head), other)));
    }

    private static Branch parent(Catalog catalog, Branch branch) {
        Branch parent = catalog.branch(branch.parent());
        return parent == null || parent.dropped() ? Branches.defaultBranch(catalog) : parent;
    }

    private static void count(Invocation call, Project project, AheadBehind counts) {
        if (counts.fromLsn() == Long.MAX_VALUE) {
            return;
        }
        try (RecordCursor records = project.records(Math.max(counts.fromLsn(), project.firstLsn()))) {
            for (LogRecord entry = records.next(); entry != null; entry = records.next()) {
                call.deadline().check();
                counts.see(RecordCodec.decode(entry));
            }
        }
    }

    /** Writes what is known of a branch; null stands for commits that are no longer in the log. */
    void write(DocBuilder reply, long branch) {
        Compared compared = byBranch.get(branch);
        if (compared != null) {
            write(reply, "ahead", compared.pair.ahead());
            write(reply, "behind", compared.pair.behind());
            reply.append("against", compared.against);
        }
    }

    private static void write(DocBuilder reply, String name, @Nullable Long count) {
        if (count == null) {
            reply.appendNull(name);
        } else {
            reply.append(name, count);
        }
    }
}

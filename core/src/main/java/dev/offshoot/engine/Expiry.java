package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.query.Matches;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes documents that have expired by a TTL index: on the heads of all branches, as writes that stand in the log like any other, so
 * that past positions keep what they had, but for protected branches. Several processes may do so at once: each deletion is evaluated on the newest state.
 */
final class Expiry {
    /** How many documents one commit removes at most, so that other writers of the branch have their turn. */
    private static final int COMMIT_DOCUMENTS_MAX = 1000;

    private static final String ACTOR = "offshoot";

    private final Project project;
    private final long nowMillis;

    Expiry(Project project, long nowMillis) {
        this.project = project;
        this.nowMillis = nowMillis;
    }

    /** Removes what has expired and answers how many documents that were. */
    long run() {
        long removed = 0;
        for (Branch branch : project.catalog().branches()) {
            boolean passed = branch.dropped() || Protection.isProtected(project.catalog(), branch);
            Snapshot head = passed ? null : project.acknowledgedState(branch.id());
            if (head != null) {
                removed += sweep(branch, head.stored());
            }
        }
        return removed;
    }

    private long sweep(Branch branch, Snapshot head) {
        long removed = 0;
        for (CollectionSnapshot collection : head.all()) {
            if (hasExpired(collection)) {
                removed += sweep(branch, collection);
            }
        }
        return removed;
    }

    private long sweep(Branch branch, CollectionSnapshot collection) {
        Origin origin = new Origin(ACTOR, "ttl", branch.name(), collection.name());
        long removed = 0;
        int last;
        do {
            last = project.write(branch, origin, turn -> {
                Catalog catalog = project.catalog();
                boolean passed = Protection.isProtected(catalog, catalog.existing(branch.id()));
                CollectionSnapshot now = turn.stored().entry(collection.name());
                List<Change> deletions = now == null || passed ? List.of() : deletions(now, COMMIT_DOCUMENTS_MAX);
                return new Draft<>(deletions.size(), deletions, List.of());
            });
            removed += last;
        } while (last == COMMIT_DOCUMENTS_MAX);
        return removed;
    }

    private boolean hasExpired(CollectionSnapshot collection) {
        return !deletions(collection, 1).isEmpty();
    }

    /** The deletions of expired documents, so many at most. */
    private List<Change> deletions(CollectionSnapshot collection, int max) {
        Set<Long> expired = new LinkedHashSet<>();
        for (IndexSnapshot index : collection.indexes()) {
            Filter filter = collection.definition().isCapped() ? null : filter(index);
            if (filter != null) {
                Matches matches = Plan.choose(
                                collection, filter, null, Reading.unnoticed(Deadline.in(0, System::nanoTime)))
                        .matches();
                while (expired.size() < max && matches.next()) {
                    expired.add(matches.recordId());
                }
            }
        }
        List<Change> deletions = new ArrayList<>(expired.size());
        expired.forEach(record -> deletions.add(new Change.Delete(collection.id(), record)));
        return deletions;
    }

    /** What has expired by an index: documents with a date, or a date in an array, that is long enough ago. Null for no TTL index. */
    private @Nullable Filter filter(IndexSnapshot index) {
        Value seconds = index.spec().get("expireAfterSeconds");
        Doc pattern = index.pattern();
        if (seconds == null
                || !seconds.isNumber()
                || pattern.count() != 1
                || !pattern.first().value().isNumber()
                || index.isId()) {
            return null;
        }
        DocBuilder expired = new DocBuilder()
                .startArray("$and")
                .addDocument()
                .startDocument(pattern.first().name())
                .append("$lte", Value.date(nowMillis - seconds.toLong() * 1000))
                .end()
                .end();
        Value partial = index.spec().get("partialFilterExpression");
        if (partial != null) {
            expired.add(partial);
        }
        return Filter.compile(expired.end().buildDoc(), index.keys().collation());
    }
}

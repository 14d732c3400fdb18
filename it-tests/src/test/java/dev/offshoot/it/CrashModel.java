package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Project;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link CrashMain} was told: the version of every document on every branch. A branch without its collection has none. */
final class CrashModel {
    private final Map<String, Map<Long, Long>> branches;

    private CrashModel(Map<String, Map<Long, Long>> branches) {
        this.branches = branches;
    }

    /** A project as it is made. */
    static CrashModel empty() {
        Map<String, Map<Long, Long>> branches = new TreeMap<>();
        branches.put(Branch.MAIN, new TreeMap<>());
        return new CrashModel(branches);
    }

    /** What a project serves, each document found in every index too. */
    static CrashModel served(Project project) {
        Map<String, Map<Long, Long>> branches = new TreeMap<>();
        for (Branch branch : project.catalog().branches()) {
            branches.put(branch.name(), documents(project.head(branch).collection(CrashMain.COLLECTION)));
        }
        return new CrashModel(branches);
    }

    private static Map<Long, Long> documents(@Nullable CollectionSnapshot collection) {
        Map<Long, Long> versions = new TreeMap<>();
        if (collection == null) {
            return versions;
        }
        var documents = collection.documents().ascending(null, null);
        while (documents.next()) {
            Doc document = Doc.of(documents.value());
            Long other = versions.put(CrashMain.key(document), CrashMain.version(document));
            assertThat(other)
                    .as("document %s is there twice", CrashMain.key(document))
                    .isNull();
        }
        for (IndexSnapshot index : collection.indexes()) {
            long entries = 0;
            for (var cursor = index.entries().ascending(null, null); cursor.next(); ) {
                entries++;
            }
            assertThat(entries).as("entries of %s", index.name()).isEqualTo(versions.size());
        }
        assertThat(collection.count()).isEqualTo(versions.size());
        return versions;
    }

    /** What comes of a write. */
    CrashModel with(CrashWrite write) {
        Map<String, Map<Long, Long>> after = new TreeMap<>();
        branches.forEach((name, documents) -> after.put(name, new TreeMap<>(documents)));
        Map<Long, Long> documents = after.get(write.branch());
        if (documents == null) {
            throw new AssertionError(write + " on a branch that is not there");
        }
        switch (write.kind()) {
            case INSERT -> {
                for (int i = 0; i < CrashWrite.BATCH; i++) {
                    documents.put(write.keyOf(i), 0L);
                }
            }
            case INCREMENT -> documents.merge(write.key(), 1L, Long::sum);
            case DELETE -> documents.remove(write.key());
            case FORK -> after.put("b" + write.number(), new TreeMap<>(documents));
            case DROP -> after.remove(write.branch());
            case CREATE, CHECKPOINT, CLEANUP, RECLAIM -> {}
        }
        return new CrashModel(after);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CrashModel o && o.branches.equals(branches);
    }

    @Override
    public int hashCode() {
        return branches.hashCode();
    }

    /** All of it, for a failure. */
    @Override
    public String toString() {
        return branches.toString();
    }
}

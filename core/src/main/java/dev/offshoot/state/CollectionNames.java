package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What collections were called, followed back from a state through the commits that made it, the newest first. What a collection was
 * called before it was renamed or dropped is told by the commit's origin where it can be, else by the state before the commit, which
 * is only asked for when somebody needs to know. Not thread safe.
 */
final class CollectionNames {
    /** Gives the state before a commit. */
    interface StateBefore {
        /** @throws CommandException where it is no longer kept */
        Snapshot of(Commit commit);
    }

    private final Map<Long, String> names = new HashMap<>();
    private final Map<Long, Commit> unknown = new HashMap<>();
    private final StateBefore before;

    CollectionNames(Snapshot state, StateBefore before) {
        this.before = before;
        for (CollectionSnapshot collection : state.all()) {
            names.put(collection.id(), collection.name());
        }
    }

    /** Goes back behind a commit; answers what the collections it names were called behind it, or if they were not, before it. */
    Map<Long, String> pass(Commit commit, Iterable<Long> collections) {
        Map<Long, String> passed = new HashMap<>();
        Map<Long, String> made = new HashMap<>();
        for (Long id : collections) {
            String name = name(id);
            if (name != null) {
                passed.put(id, name);
            }
        }
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            if (change instanceof Change.CreateCollection create) {
                made.put(lsn, create.name());
            } else if (change instanceof Change.RenameCollection rename) {
                made.put(rename.collection(), rename.name());
            } else if (change instanceof Change.RestoreCollection restore) {
                made.put(restore.collection(), restore.name());
            }
            lsn++;
        }
        back(commit);
        for (Long id : collections) {
            if (!passed.containsKey(id)) {
                String name = name(id);
                passed.put(id, name != null ? name : made.getOrDefault(id, "#" + id));
            }
        }
        return passed;
    }

    private void back(Commit commit) {
        List<Change> changes = commit.changes();
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change change = changes.get(i);
            if (change instanceof Change.CreateCollection) {
                forget(commit.firstLsn() + i);
            } else if (change instanceof Change.RestoreCollection restore) {
                forget(restore.collection());
            } else if (change instanceof Change.RenameCollection rename) {
                unknown(rename.collection(), commit, "renameCollection");
            } else if (change instanceof Change.DropCollection drop) {
                unknown(drop.collection(), commit, "drop");
            }
        }
    }

    private void forget(long id) {
        names.remove(id);
        unknown.remove(id);
    }

    /** The command says what it was about where it was about this one collection. */
    private void unknown(long id, Commit commit, String command) {
        forget(id);
        String said = commit.origin().namespace();
        boolean isPlain = commit.origin().command().equals(command)
                && !said.isEmpty()
                && commit.changes().stream().allMatch(change -> collection(change) == id);
        if (isPlain) {
            names.put(id, said);
        } else {
            unknown.put(id, commit);
        }
    }

    private static long collection(Change change) {
        if (change instanceof Change.RenameCollection rename) {
            return rename.collection();
        }
        return change instanceof Change.DropCollection drop ? drop.collection() : 0;
    }

    /** What a collection is called here; null where it is not there, or nobody knows any more. */
    @Nullable
    String name(long id) {
        Commit commit = unknown.remove(id);
        if (commit != null) {
            String name = nameBefore(id, commit);
            if (name != null) {
                names.put(id, name);
            }
        }
        return names.get(id);
    }

    private @Nullable String nameBefore(long id, Commit commit) {
        try {
            CollectionSnapshot found = before.of(commit).collections().get(RecordId.key(id));
            return found == null ? null : found.name();
        } catch (CommandException e) {
            return null; // the log goes back farther than the states that are kept
        }
    }

    /** What a commit did to collections and indexes. */
    List<LoggedCommit.Definition> definitions(Commit commit, Map<Long, String> passed) {
        List<LoggedCommit.Definition> definitions = new ArrayList<>();
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            long collection = definedCollection(change, lsn++);
            if (collection != 0) {
                String name = passed.getOrDefault(collection, "#" + collection);
                definitions.add(new LoggedCommit.Definition(change.kind().label(), name, detail(change)));
            }
        }
        return definitions;
    }

    /** The collection that a change makes, removes or defines anew; 0 for any other change. */
    static long definedCollection(Change change, long lsn) {
        return switch (change.kind()) {
            case CREATE_COLLECTION -> lsn;
            case DROP_COLLECTION -> ((Change.DropCollection) change).collection();
            case RENAME_COLLECTION -> ((Change.RenameCollection) change).collection();
            case ALTER_COLLECTION -> ((Change.AlterCollection) change).collection();
            case RESTORE_COLLECTION -> ((Change.RestoreCollection) change).collection();
            case CREATE_INDEX -> ((Change.CreateIndex) change).collection();
            case DROP_INDEX -> ((Change.DropIndex) change).collection();
            case ALTER_INDEX -> ((Change.AlterIndex) change).collection();
            default -> 0;
        };
    }

    private @Nullable String detail(Change change) {
        if (change instanceof Change.RenameCollection rename) {
            return name(rename.collection());
        }
        if (change instanceof Change.CreateIndex create) {
            return indexName(create.spec());
        }
        return change instanceof Change.AlterIndex alter ? indexName(alter.spec()) : null;
    }

    private static @Nullable String indexName(byte[] spec) {
        Value name = Doc.of(spec).get("name");
        return name == null || !name.isString() ? null : name.asString();
    }
}

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
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What collections were called, followed back from a state through the commits that made it, the newest first. A commit tells most of it
 * itself: what it made, what it renamed to what, and by its origin which collection it was about, where that is one. The rest is told by
 * states, which are only asked for when there is no other way: the one to begin with, and the one before a commit that renamed or dropped
 * collections. Not thread safe.
 */
final class CollectionNames {
    /** Gives the state before a commit. */
    interface StateBefore {
        /** @throws CommandException where it is no longer kept */
        Snapshot of(Commit commit);
    }

    private final Supplier<Snapshot> start;
    private final StateBefore before;
    private final Predicate<Commit> isAboutOne;
    private final Map<Long, String> names = new HashMap<>();

    /** Those that have no name here, or another one than at the start; with the commit that took the name where it is not known. */
    private final Map<Long, Optional<Commit>> passed = new HashMap<>();

    /**
     * @param start gives the state to begin with
     * @param isAboutOne whether the collection that the origin of a commit names is the one whose documents it touched, if that is one
     */
    CollectionNames(Supplier<Snapshot> start, StateBefore before, Predicate<Commit> isAboutOne) {
        this.start = start;
        this.before = before;
        this.isAboutOne = isAboutOne;
    }

    /** Goes back behind a commit; answers what the collections it names were called behind it, or if they were not, before it. */
    Map<Long, String> pass(Commit commit, Set<Long> collections) {
        Map<Long, String> told = made(commit);
        String said = commit.origin().namespace();
        if (collections.size() == 1 && !said.isEmpty() && isAboutOne.test(commit)) {
            collections.forEach(id -> {
                if (told.putIfAbsent(id, said) == null) {
                    learn(id, said);
                }
            });
        }
        for (Long id : collections) {
            String name = told.containsKey(id) ? null : name(id);
            if (name != null) {
                told.put(id, name);
            }
        }
        back(commit);
        for (Long id : collections) {
            String name = told.containsKey(id) ? null : name(id);
            told.putIfAbsent(id, name == null ? "#" + id : name);
        }
        return told;
    }

    /** What a commit gave names to. */
    private static Map<Long, String> made(Commit commit) {
        Map<Long, String> made = new HashMap<>();
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
        return made;
    }

    private void back(Commit commit) {
        List<Change> changes = commit.changes();
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change change = changes.get(i);
            if (change instanceof Change.CreateCollection) {
                forget(commit.firstLsn() + i, Optional.empty());
            } else if (change instanceof Change.RestoreCollection restore) {
                forget(restore.collection(), Optional.empty());
            } else if (change instanceof Change.RenameCollection rename) {
                unknown(rename.collection(), commit, "renameCollection");
            } else if (change instanceof Change.DropCollection drop) {
                unknown(drop.collection(), commit, "drop");
            }
        }
    }

    private void learn(long id, String name) {
        names.put(id, name);
        passed.remove(id);
    }

    private void forget(long id, Optional<Commit> by) {
        names.remove(id);
        passed.put(id, by);
    }

    /** The command says what it was about where it was about this one collection. */
    private void unknown(long id, Commit commit, String command) {
        String said = commit.origin().namespace();
        boolean isPlain = commit.origin().command().equals(command)
                && !said.isEmpty()
                && commit.changes().stream().allMatch(change -> collection(change) == id);
        if (isPlain) {
            learn(id, said);
        } else {
            forget(id, Optional.of(commit));
        }
    }

    private static long collection(Change change) {
        if (change instanceof Change.RenameCollection rename) {
            return rename.collection();
        }
        return change instanceof Change.DropCollection drop ? drop.collection() : 0;
    }

    /** What a collection is called here; null where it is not there, or nobody knows any more. */
    private @Nullable String name(long id) {
        String known = names.get(id);
        if (known != null) {
            return known;
        }
        Optional<Commit> by = passed.get(id);
        String name = by == null
                ? nameIn(start, id)
                : by.map(commit -> nameIn(() -> before.of(commit), id)).orElse(null);
        if (name != null) {
            learn(id, name);
        }
        return name;
    }

    private static @Nullable String nameIn(Supplier<Snapshot> state, long id) {
        try {
            CollectionSnapshot found = state.get().collections().get(RecordId.key(id));
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
                String number = "#" + collection;
                String name = passed.getOrDefault(collection, number);
                definitions.add(
                        new LoggedCommit.Definition(change.kind().label(), name, detail(change), !name.equals(number)));
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

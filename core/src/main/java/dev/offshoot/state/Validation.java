package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.page.PageCache;
import dev.offshoot.page.PageWalk;
import dev.offshoot.page.Pages;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.Store;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Looks at everything that is stored of a project: every record of its log, every checkpoint, every page that one reaches. Goes on behind
 * what is damaged, opens nothing and changes nothing, so it also works where the project cannot be opened any more. Not thread safe.
 *
 * <p>Others may write, and remove what is not needed any more, meanwhile, which can look like damage: only what a second look finds
 * too is one.
 */
public final class Validation {
    private static final int ATTEMPTS_MAX = 3;
    private static final long CACHE_BYTES = 1 << 20;

    private final Store store;
    private final String name;
    private final Runnable patience;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long pageCount;

    private Validation(Store store, String name, Runnable patience) {
        this.store = store;
        this.name = name;
        this.patience = patience;
    }

    /**
     * Checks the project of this name, and the list of projects, which says where it is.
     *
     * @param patience called now and then; what it throws ends the check
     * @throws CommandException NamespaceNotFound when there is none
     * @throws CorruptionException when there is none, in a list of projects that is damaged
     * @throws dev.offshoot.store.StoreException when the store cannot be read
     */
    public static ValidationReport of(Store store, String name, Runnable patience) {
        ProjectList list = ProjectList.scan(store, patience);
        Long id = list.byName().get(name);
        if (id == null) {
            throw list.problems().isEmpty() ? notFound(name, list) : lost(name, list);
        }
        ValidationReport report = new Validation(store, name, patience).attempt(Projects.logId(id), list);
        for (int i = 1; i < ATTEMPTS_MAX && !report.problems().isEmpty(); i++) {
            List<String> before = report.problems();
            report = new Validation(store, name, patience).attempt(Projects.logId(id), list);
            if (report.problems().equals(before)) {
                break;
            }
        }
        return report;
    }

    private static CommandException notFound(String name, ProjectList list) {
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "project '" + name + "' not found; "
                        + NearNames.hint(
                                "there are", name, List.copyOf(list.byName().keySet())));
    }

    private static CorruptionException lost(String name, ProjectList list) {
        return new CorruptionException("project '" + name + "' is not in what can be read of the list of projects: "
                + String.join("; ", list.problems()));
    }

    private ValidationReport attempt(String log, ProjectList list) {
        problems.addAll(list.problems());
        notes.addAll(list.notes());
        CheckpointStore manifests = store.checkpoints(log);
        List<Long> lsns = manifests.list(); // before the log, which then reaches at least as far
        LogCheck check = new LogCheck(log, new HashSet<>(lsns), record -> {}, patience);
        store.scan(log, check);
        problems.addAll(check.problems());
        notes.addAll(check.notes());
        checkCheckpoints(log, lsns, check);
        return new ValidationReport(
                name,
                check.firstLsn(),
                check.lastLsn(),
                check.records(),
                lsns.size(),
                pageCount,
                List.copyOf(problems),
                List.copyOf(notes));
    }

    private void checkCheckpoints(String log, List<Long> lsns, LogCheck check) {
        PageStore pageStore = store.pages(log);
        pageStore.problems().forEach(problem -> problems.add("pages of log " + log + ": " + problem));
        long newestWhole = 0;
        try (Pages pages = new Pages(pageStore, new PageCache(CACHE_BYTES))) {
            PageWalk walk = PageWalk.checking(pages);
            for (long lsn : lsns) {
                patience.run();
                byte[] manifest = store.checkpoints(log).get(lsn); // null when it was removed since it was listed
                if (manifest != null && isWhole(() -> Checkpoint.of(manifest, log, lsn, pages), lsn, walk, check)) {
                    newestWhole = lsn;
                }
            }
            pageCount = walk.reached().size();
        }
        if (check.firstLsn() > newestWhole + 1) {
            problems.add("log " + log + ": begins at LSN " + check.firstLsn()
                    + ", and no checkpoint of what was before is whole; the project cannot be opened."
                    + " Restore it from a backup");
        }
    }

    private boolean isWhole(Supplier<Checkpoint> reading, long lsn, PageWalk walk, LogCheck check) {
        int before = problems.size();
        try {
            Checkpoint checkpoint = reading.get();
            checkOrigin(checkpoint.manifest(), check);
            int damaged = walk.damaged().size();
            Cleanup.trees(checkpoint.manifest()).forEach(walk::add);
            List<String> found = walk.damaged();
            found.subList(damaged, found.size()).forEach(page -> problems.add("checkpoint " + lsn + ": " + page));
            if (problems.size() == before) {
                checkStates(checkpoint);
            }
        } catch (CorruptionException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems.size() == before;
    }

    /** Whether it is a checkpoint of this log. */
    private void checkOrigin(Manifest manifest, LogCheck check) {
        long lsn = manifest.lsn();
        if (lsn < check.firstLsn() || check.isUnread(lsn)) {
            return;
        }
        String place = "checkpoint " + lsn + " of log " + manifest.log();
        LogEnd end = check.endAt(lsn);
        if (end.lsn() == 0 && !check.problems().isEmpty() && lsn > check.lastLsn()) {
            notes.add(place + ": the log can be read up to LSN " + check.lastLsn()
                    + " only, so it is not known whether it belongs to it");
        } else if (end.lsn() == 0) {
            problems.add(place + ": expected a record that ends there, found none up to LSN " + check.lastLsn());
        } else if (end.time() != manifest.end().time()) {
            problems.add(place + ": it is of another log, the record that ends there has another time");
        }
    }

    /** Whether branches and their states belong together. */
    private void checkStates(Checkpoint checkpoint) {
        String place = "checkpoint " + checkpoint.manifest().lsn() + ": ";
        for (Branch branch : checkpoint.catalog().branches()) {
            BranchState state = checkpoint.state(branch.id());
            if (state == null) {
                problems.add(place + "expected the state of branch '" + branch.name() + "', found none");
            } else if (state.head().lsn() > checkpoint.manifest().lsn()) {
                problems.add(place + "branch '" + branch.name() + "' is at LSN "
                        + state.head().lsn() + ", above the checkpoint");
            }
        }
        checkpoint.forEachState((id, state) -> {
            Branch branch = checkpoint.catalog().branch(id);
            if (branch == null || branch.dropped()) {
                problems.add(place + "it has a state of branch " + id + ", which is not there");
            }
        });
    }

    /** The projects of a store as far as their list can be read. */
    private record ProjectList(Map<String, Long> byName, List<String> problems, List<String> notes) {
        static ProjectList scan(Store store, Runnable patience) {
            Map<String, Long> byName = new TreeMap<>();
            LogCheck check = new LogCheck(Projects.SYSTEM_LOG, Set.of(), record -> add(record, byName), patience);
            store.scan(Projects.SYSTEM_LOG, check);
            return new ProjectList(byName, check.problems(), check.notes());
        }

        private static void add(WalRecord record, Map<String, Long> byName) {
            for (Commit commit : record.commits()) {
                long lsn = commit.firstLsn();
                for (Change change : commit.changes()) {
                    if (change instanceof Change.CreateProject create) {
                        byName.put(create.name(), lsn);
                    } else if (change instanceof Change.AdoptProject adopt) {
                        byName.put(adopt.name(), lsn); // also while it is being restored
                    } else if (change instanceof Change.DropProject drop) {
                        byName.values().remove(drop.project());
                    }
                    lsn++;
                }
            }
        }
    }
}

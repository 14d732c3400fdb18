package dev.offshoot.state;

import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The branches of a project at one moment: a fold of branch events, immutable. Making a branch costs the same however many there are
 * and however deep they nest. Names are unique without regard to case; ids are never used again.
 */
public final class Catalog {
    static final Catalog EMPTY = new Catalog(Tree.empty(), Tree.empty(), false);

    private final Tree<Branch> byId;
    private final Tree<Branch> byName;

    private final boolean ended;

    Catalog(Tree<Branch> byId, Tree<Branch> byName, boolean ended) {
        this.byId = byId;
        this.byName = byName;
        this.ended = ended;
    }

    Tree<Branch> byId() {
        return byId;
    }

    Tree<Branch> byName() {
        return byName;
    }

    /** Whether the project was dropped: nothing may be written behind that. */
    boolean ended() {
        return ended;
    }

    /** The branch of this name, if there is one that is not dropped. */
    public @Nullable Branch branch(String name) {
        return byName.get(key(name));
    }

    /** The branch of this id, dropped ones too. */
    public @Nullable Branch branch(long id) {
        return byId.get(RecordId.key(id));
    }

    /** Branches that are not dropped, ordered by name. */
    public List<Branch> branches() {
        List<Branch> branches = new ArrayList<>();
        Cursor<Branch> cursor = byName.ascending(null, null);
        while (cursor.next()) {
            branches.add(cursor.value());
        }
        return branches;
    }

    /** How many branches there are that are not dropped. */
    public long size() {
        return byName.size();
    }

    Catalog apply(Commit commit, long millis) {
        Catalog next = this;
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            next = next.apply(change, lsn++, millis);
        }
        return next;
    }

    /**
     * Which part of each branch's own changes a position sees: branch id to the greatest LSN that counts. This is the segment list
     * of decision 6, followed up the parents.
     */
    Map<Long, Long> segments(Branch branch, long lsn) {
        TreeMap<Long, Long> segments = new TreeMap<>();
        Branch at = branch;
        long limit = lsn;
        while (at != null) {
            segments.put(at.id(), limit);
            limit = Math.min(limit, at.base());
            at = at.parent() == 0 ? null : branch(at.parent());
        }
        return segments;
    }

    private Catalog apply(Change change, long lsn, long millis) {
        return switch (change.kind()) {
            case CREATE_BRANCH -> {
                Change.CreateBranch create = (Change.CreateBranch) change;
                Branch branch = new Branch(lsn, create.name(), create.parent(), create.base(), millis, false);
                yield new Catalog(byId.put(RecordId.key(lsn), branch), byName.put(key(create.name()), branch), ended);
            }
            case DROP_BRANCH -> {
                Branch branch = existing(((Change.DropBranch) change).branch());
                yield new Catalog(
                        byId.put(RecordId.key(branch.id()), branch.asDropped()),
                        byName.remove(key(branch.name())),
                        ended);
            }
            case RENAME_BRANCH -> {
                Change.RenameBranch rename = (Change.RenameBranch) change;
                Branch branch = existing(rename.branch());
                Branch renamed = branch.renamed(rename.name());
                yield new Catalog(
                        byId.put(RecordId.key(branch.id()), renamed),
                        byName.remove(key(branch.name())).put(key(renamed.name()), renamed),
                        ended);
            }
            case DROP_PROJECT -> new Catalog(byId, byName, true);
            default -> throw new IllegalStateException("a " + change.kind() + " is not a branch event");
        };
    }

    private Branch existing(long id) {
        Branch branch = branch(id);
        if (branch == null) {
            throw new IllegalStateException("branch " + id + " is not in the catalog");
        }
        return branch;
    }

    private static byte[] key(String name) {
        return name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    }
}

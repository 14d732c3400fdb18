package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The branches and tags of a project at one moment, and how their histories hang together: a fold of branch events, resets and merges,
 * immutable. Making a branch costs the same however many there are and however deep they nest. Branches and tags share their names, which
 * are unique without regard to case; ids are never used again.
 */
public final class Catalog {
    private final Tree<Branch> byId;
    private final Tree<Branch> byName;
    private final Tree<Tag> tags;
    private final Tree<Lineage> lineage;
    private final Tree<Lineage> restores;
    private final Doc properties;
    private final boolean ended;

    /**
     * @param tags by name in lower case
     * @param lineage resets and merges by the branch's id and the LSN
     * @param restores collections that were brought back, in the same form
     */
    Catalog(
            Tree<Branch> byId,
            Tree<Branch> byName,
            Tree<Tag> tags,
            Tree<Lineage> lineage,
            Tree<Lineage> restores,
            Doc properties,
            boolean ended) {
        this.byId = byId;
        this.byName = byName;
        this.tags = tags;
        this.lineage = lineage;
        this.restores = restores;
        this.properties = properties;
        this.ended = ended;
    }

    /** One without anything; each call makes its own, as trees belong to one store of pages. */
    static Catalog empty() {
        return new Catalog(Tree.empty(), Tree.empty(), Tree.empty(), Tree.empty(), Tree.empty(), Doc.EMPTY, false);
    }

    Tree<Branch> byId() {
        return byId;
    }

    Tree<Branch> byName() {
        return byName;
    }

    Tree<Tag> tagTree() {
        return tags;
    }

    Tree<Lineage> lineageTree() {
        return lineage;
    }

    Tree<Lineage> restoreTree() {
        return restores;
    }

    /** What people said about the project. */
    public Doc properties() {
        return properties;
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
            if (!cursor.value().name().equals(Branch.INTERNAL)) {
                branches.add(cursor.value());
            }
        }
        return branches;
    }

    /** Branches that were dropped, in the order they were made; names may repeat. */
    public List<Branch> droppedBranches() {
        List<Branch> branches = new ArrayList<>();
        Cursor<Branch> cursor = byId.ascending(null, null);
        while (cursor.next()) {
            if (cursor.value().dropped()) {
                branches.add(cursor.value());
            }
        }
        return branches;
    }

    /** How many branches there are that are not dropped. */
    public long size() {
        return byName.size() - (branch(Branch.INTERNAL) == null ? 0 : 1);
    }

    /** The tag of this name, or null. */
    public @Nullable Tag tag(String name) {
        return tags.get(key(name));
    }

    /** All tags, ordered by name. */
    public List<Tag> tags() {
        List<Tag> all = new ArrayList<>();
        Cursor<Tag> cursor = tags.ascending(null, null);
        while (cursor.next()) {
            all.add(cursor.value());
        }
        return all;
    }

    /** Whether a branch or a tag has the name. */
    boolean isTaken(String name) {
        return branch(name) != null || tag(name) != null;
    }

    /** The resets and merges of a branch whose commits end at or below an LSN and begin above another, the newest first. */
    public List<Lineage> lineage(long branch, long above, long upTo) {
        List<Lineage> found = new ArrayList<>();
        Cursor<Lineage> cursor = lineage.descending(lineageKey(branch, above + 1), lineageKey(branch, upTo + 1));
        while (cursor.next()) {
            if (cursor.value().lastLsn() <= upTo) {
                found.add(cursor.value());
            }
        }
        return found;
    }

    /** All resets and merges of the project, by branch and LSN. */
    public List<Lineage> lineage() {
        List<Lineage> all = new ArrayList<>();
        Cursor<Lineage> cursor = lineage.ascending(null, null);
        while (cursor.next()) {
            all.add(cursor.value());
        }
        return all;
    }

    /** The positions that collections of a branch were brought back from by changes above an LSN up to another. */
    public List<Lineage> restores(long branch, long above, long upTo) {
        List<Lineage> found = new ArrayList<>();
        Cursor<Lineage> cursor = restores.ascending(lineageKey(branch, above + 1), lineageKey(branch, upTo + 1));
        while (cursor.next()) {
            found.add(cursor.value());
        }
        return found;
    }

    /** All of those. */
    List<Lineage> restores() {
        List<Lineage> all = new ArrayList<>();
        Cursor<Lineage> cursor = restores.ascending(null, null);
        while (cursor.next()) {
            all.add(cursor.value());
        }
        return all;
    }

    /** What a position sees of the log. A position uses the newest reset at or below it, so that history never changes. */
    public Segments segments(Branch branch, long lsn) {
        List<Segments.Segment> segments = new ArrayList<>();
        List<List<Scope>> crossings = new ArrayList<>();
        List<Scope> crossing = new ArrayList<>();
        Branch at = branch;
        long limit = lsn;
        while (at != null) {
            Lineage reset = newestReset(at.id(), limit);
            long above = reset == null ? at.id() - 1 : reset.lsn() - 1;
            if (limit > above) {
                segments.add(new Segments.Segment(at.id(), above, limit));
                crossings.add(crossing);
                crossing = new ArrayList<>();
            }
            crossing.addAll(0, reset == null ? at.entry() : crossing(reset.from(), at.id()));
            limit = Math.min(limit, reset == null ? at.base() : reset.fromLsn());
            at = branch(reset == null ? at.parent() : reset.from());
        }
        return new Segments(segments, crossings);
    }

    /**
     * What a state of one branch goes through on its way to another, in order: the scopes of the second and its ancestors, as far as they are not
     * those of the first. Whatever is compared or merged across branches goes this way ({@link Scope#restrict}).
     *
     * @param from the id of a branch; 0 for none
     * @param to the id of a branch
     */
    public List<Scope> crossing(long from, long to) {
        List<Scope> scopes = new ArrayList<>();
        for (Branch at = branch(to); at != null; at = branch(at.parent())) {
            Scope scope = at.scope();
            if (scope != null && scope.restricts() && !isWithin(from, at.id())) {
                scopes.add(0, scope);
            }
        }
        return scopes;
    }

    /**
     * What a state in the history of a position went through, in order, to be the one there; nothing for a state that is not in it.
     *
     * @param branch the id of the branch that the state is of
     */
    public List<Scope> passed(long branch, long lsn, Branch to, long toLsn) {
        Segments segments = segments(to, toLsn);
        List<Segments.Segment> parts = segments.newestFirst();
        for (int part = 0; part < parts.size(); part++) {
            Segments.Segment segment = parts.get(part);
            if (segment.branch() == branch && lsn > segment.above() && lsn <= segment.upTo()) {
                return segments.rest(part);
            }
        }
        return List.of();
    }

    /** All that the state at a position went through since the project's beginning, in order. */
    public List<Scope> passed(Branch branch, long lsn) {
        Segments segments = segments(branch, lsn);
        return segments.rest(segments.newestFirst().size() - 1);
    }

    /** Whether a branch is another one, or was made from it or from a branch that was. */
    private boolean isWithin(long branch, long other) {
        for (Branch at = branch(branch); at != null; at = branch(at.parent())) {
            if (at.id() == other) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether two positions surely show the same state, since one was made from the other and nothing was changed since. Of two that
     * only happen to have the same documents nothing is said.
     *
     * @param lsn the newest change of the branch's own that the position holds, or the fork point
     * @param otherLsn the same of the other
     */
    public boolean isSame(Branch branch, long lsn, Branch other, long otherLsn) {
        return source(branch, lsn).equals(source(other, otherLsn));
    }

    /** The position that a position is a mere pointer to, or itself. */
    private Source source(Branch branch, long lsn) {
        Branch at = branch;
        long limit = lsn;
        while (true) {
            Lineage reset = newestReset(at.id(), limit);
            @Nullable Branch next = null;
            if (reset != null
                    && reset.lsn() == limit
                    && crossing(reset.from(), at.id()).isEmpty()) {
                next = branch(reset.from());
                limit = reset.fromLsn();
            } else if (reset == null && limit == at.base() && at.entry().isEmpty()) {
                next = branch(at.parent());
            }
            if (next == null) {
                return new Source(at.id(), limit);
            }
            at = next;
        }
    }

    private record Source(long branch, long lsn) {}

    /** The newest reset of a branch whose commit ends at or below an LSN, or null. */
    public @Nullable Lineage newestReset(long branch, long upTo) {
        if (lineage.isEmpty()) {
            return null;
        }
        Cursor<Lineage> cursor = lineage.descending(lineageKey(branch, 0), lineageKey(branch, upTo + 1));
        while (cursor.next()) {
            if (cursor.value().reset() && cursor.value().lastLsn() <= upTo) {
                return cursor.value();
            }
        }
        return null;
    }

    private static byte[] lineageKey(long branch, long lsn) {
        return ByteBuffer.allocate(Lineage.KEY_BYTES)
                .putLong(branch)
                .putLong(lsn)
                .array();
    }

    /** Whether a commit on a branch is something that the catalog has to know of. */
    static boolean concerns(Commit commit) {
        return commit.branch() == Commit.PROJECT || isLineage(commit) || isRestore(commit);
    }

    private static boolean isLineage(Commit commit) {
        Change.Kind first = commit.changes().get(0).kind();
        return first == Change.Kind.RESET || first == Change.Kind.MERGE;
    }

    private static boolean isRestore(Commit commit) {
        for (Change change : commit.changes()) {
            if (change.kind() == Change.Kind.RESTORE_COLLECTION) {
                return true;
            }
        }
        return false;
    }

    /** @param millis wall clock of the commit's record */
    Catalog apply(Commit commit, long millis) {
        if (commit.branch() != Commit.PROJECT) {
            Catalog next = isLineage(commit) ? withLineage(commit) : this;
            return isRestore(commit) ? next.withRestores(commit) : next;
        }
        Catalog next = this;
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            next = next.apply(change, lsn++, millis);
        }
        return next;
    }

    private Catalog withLineage(Commit commit) {
        long branch = commit.branch();
        long lsn = commit.firstLsn();
        Lineage entry = commit.changes().get(0) instanceof Change.Reset reset
                ? new Lineage(branch, lsn, commit.lastLsn(), true, reset.from(), reset.lsn())
                : merged(commit, (Change.Merge) commit.changes().get(0));
        if (entry.fromLsn() >= lsn) {
            throw new IllegalStateException("a commit at " + lsn + " that names the position " + entry.fromLsn());
        }
        return new Catalog(
                byId, byName, tags, lineage.put(lineageKey(branch, lsn), entry), restores, properties, ended);
    }

    private Catalog withRestores(Commit commit) {
        Tree<Lineage> next = restores;
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            if (change instanceof Change.RestoreCollection restore) {
                next = next.put(
                        lineageKey(commit.branch(), lsn),
                        new Lineage(commit.branch(), lsn, commit.lastLsn(), false, restore.from(), restore.lsn()));
            }
            lsn++;
        }
        return new Catalog(byId, byName, tags, lineage, next, properties, ended);
    }

    private static Lineage merged(Commit commit, Change.Merge merge) {
        return new Lineage(commit.branch(), commit.firstLsn(), commit.lastLsn(), false, merge.from(), merge.lsn());
    }

    private Catalog apply(Change change, long lsn, long millis) {
        return switch (change.kind()) {
            case CREATE_BRANCH, CREATE_PARTIAL_BRANCH -> {
                Change.CreateBranch create = (Change.CreateBranch) change;
                Branch branch =
                        new Branch(lsn, create.name(), create.parent(), create.base(), millis).scoped(scope(create));
                yield with(put(branch), byName.put(key(branch.name()), branch));
            }
            case DROP_BRANCH -> {
                Branch branch = existing(((Change.DropBranch) change).branch());
                yield with(put(branch.asDropped(lsn)), byName.remove(key(branch.name())));
            }
            case RENAME_BRANCH -> {
                Change.RenameBranch rename = (Change.RenameBranch) change;
                Branch branch = existing(rename.branch());
                Branch renamed = branch.renamed(rename.name());
                yield with(put(renamed), byName.remove(key(branch.name())).put(key(renamed.name()), renamed));
            }
            case ALTER_BRANCH -> {
                Change.AlterBranch alter = (Change.AlterBranch) change;
                Branch branch = existing(alter.branch()).altered(Doc.of(alter.properties()));
                yield with(put(branch), byName.put(key(branch.name()), branch));
            }
            case RESTORE_BRANCH -> {
                Change.RestoreBranch restore = (Change.RestoreBranch) change;
                Branch branch = existing(restore.branch()).restored(restore.name());
                yield with(put(branch), byName.put(key(branch.name()), branch));
            }
            case CREATE_TAG -> {
                Change.CreateTag create = (Change.CreateTag) change;
                Tag tag = new Tag(lsn, create.name(), create.branch(), create.lsn(), millis);
                yield with(tags.put(key(tag.name()), tag));
            }
            case DROP_TAG ->
                with(tags.remove(
                        key(existingTag(((Change.DropTag) change).tag()).name())));
            case ALTER_PROJECT ->
                new Catalog(
                        byId,
                        byName,
                        tags,
                        lineage,
                        restores,
                        Doc.of(((Change.AlterProject) change).properties()),
                        ended);
            case DROP_PROJECT -> new Catalog(byId, byName, tags, lineage, restores, properties, true);
            default -> throw new IllegalStateException("a " + change.kind() + " is not a branch event");
        };
    }

    private @Nullable Scope scope(Change.CreateBranch create) {
        Branch parent = branch(create.parent());
        byte[] own = create.scope();
        return Scope.inherited(parent == null ? null : parent.scope(), own == null ? null : Scope.of(Doc.of(own)));
    }

    private Tree<Branch> put(Branch branch) {
        return byId.put(RecordId.key(branch.id()), branch);
    }

    private Catalog with(Tree<Branch> nextById, Tree<Branch> nextByName) {
        return new Catalog(nextById, nextByName, tags, lineage, restores, properties, ended);
    }

    private Catalog with(Tree<Tag> nextTags) {
        return new Catalog(byId, byName, nextTags, lineage, restores, properties, ended);
    }

    /** The branch of this id, which was made before and may be dropped. */
    public Branch existing(long id) {
        Branch branch = branch(id);
        if (branch == null) {
            throw new IllegalStateException("branch " + id + " is not in the catalog");
        }
        return branch;
    }

    private Tag existingTag(long id) {
        for (Tag tag : tags()) {
            if (tag.id() == id) {
                return tag;
            }
        }
        throw new IllegalStateException("tag " + id + " is not in the catalog");
    }

    private static byte[] key(String name) {
        return name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    }
}

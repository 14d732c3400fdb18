package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A branch: a pointer into the log, never a copy. Its head is the LSN of its newest snapshot.
 *
 * @param id the LSN of the event that made it
 * @param parent the id of the branch it was made from; 0 for the first branch
 * @param base the position of the parent it was made at
 * @param createdMillis wall clock of the record that made it
 * @param droppedLsn the event that removed it, 0 while it is there; its history stays
 * @param properties what people said about it: see {@link dev.offshoot.wal.Change.AlterBranch}
 * @param scope what of its parent it shows, and what it hides, also because its parent does; null for all and nothing
 */
public record Branch(
        long id,
        String name,
        long parent,
        long base,
        long createdMillis,
        long droppedLsn,
        Doc properties,
        @Nullable Scope scope) {
    /** The name of a project's first branch. */
    public static final String MAIN = "main";

    /** The name of the branch that holds what is no user's data: merges in progress, merge requests. No reference can name it. */
    static final String INTERNAL = ".offshoot";

    Branch(long id, String name, long parent, long base, long createdMillis) {
        this(id, name, parent, base, createdMillis, 0, Doc.EMPTY, null);
    }

    /** Whether it was removed. */
    public boolean dropped() {
        return droppedLsn != 0;
    }

    Branch renamed(String other) {
        return new Branch(id, other, parent, base, createdMillis, droppedLsn, properties, scope);
    }

    Branch asDropped(long lsn) {
        return new Branch(id, name, parent, base, createdMillis, lsn, properties, scope);
    }

    Branch restored(String newName) {
        return new Branch(id, newName, parent, base, createdMillis, 0, properties, scope);
    }

    Branch altered(Doc other) {
        return new Branch(id, name, parent, base, createdMillis, droppedLsn, other, scope);
    }

    /** What it hides of every document that is read through it; null for nothing. */
    public @Nullable Mask mask() {
        return scope == null ? null : scope.mask();
    }

    /** What a state of its parent goes through to be what it begins with. */
    public List<Scope> entry() {
        return scope != null && beginsWithLess() ? List.of(scope) : List.of();
    }

    /** Whether the state that it began as is not the one it was made from. */
    public boolean beginsWithLess() {
        return scope != null && scope.restricts();
    }

    Branch scoped(@Nullable Scope other) {
        return new Branch(id, name, parent, base, createdMillis, droppedLsn, properties, other);
    }
}

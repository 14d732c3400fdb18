package dev.offshoot.merge;

import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Editor;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The states of a merge where partial branches were on the way between the two sides, so that not all of the one came to the other: some
 * collections did not, or their documents did not. Then there is no one base. What both sides last had in common of a collection is told by the
 * ways that it can go, and what cannot go where the merge goes is no change of theirs. In O(collections); no document is looked at.
 */
public final class PartialSides {
    private final Sides<Snapshot> whole;
    private final Collection<Scope> met;
    private final Function<Set<Scope>, Snapshot> bases;

    private PartialSides(Sides<Snapshot> whole, Collection<Scope> met, Function<Set<Scope>, Snapshot> bases) {
        this.whole = whole;
        this.met = met;
        this.bases = bases;
    }

    /**
     * What is to be merged.
     *
     * @param whole the two sides, and a base that nobody left anything out of
     * @param met the scopes that are on the ways between the sides
     * @param brings what comes from theirs goes through; where the target begins anew, what the state goes through that it begins with
     * @param anew whether the target begins anew, so that what does not go through is brought by theirs
     * @param bases the base for what does not go through some of the scopes met
     */
    public static Sides<Snapshot> of(
            Sides<Snapshot> whole,
            Collection<Scope> met,
            List<Scope> brings,
            boolean anew,
            Function<Set<Scope>, Snapshot> bases) {
        return met.isEmpty() && brings.isEmpty() ? whole : new PartialSides(whole, met, bases).sides(brings, anew);
    }

    private Sides<Snapshot> sides(List<Scope> brings, boolean anew) {
        Changed base = new Changed(whole.base());
        Changed theirs = new Changed(whole.theirs());
        for (long id : ids()) {
            CollectionSnapshot before = base(id);
            CollectionSnapshot other = of(whole.theirs(), id);
            if (brings.stream().anyMatch(scope -> !passes(scope, id))) {
                before = anew ? null : before;
                other = anew ? other : before;
            } else if (brings.stream().anyMatch(Scope::schemaOnly)) {
                before = emptied(before);
                other = anew ? other : emptied(other);
            }
            base.put(id, before);
            theirs.put(id, other);
        }
        return new Sides<>(base.state(), whole.ours(), theirs.state());
    }

    private Set<Long> ids() {
        Set<Long> ids = new TreeSet<>();
        for (Snapshot state : List.of(whole.base(), whole.ours(), whole.theirs())) {
            Cursor<CollectionSnapshot> cursor = state.collections().ascending(null, null);
            while (cursor.next()) {
                ids.add(cursor.value().id());
            }
        }
        return ids;
    }

    private @Nullable CollectionSnapshot base(long id) {
        Set<Scope> closed = new HashSet<>();
        Set<Scope> withoutDocuments = new HashSet<>();
        for (Scope scope : met) {
            if (!passes(scope, id)) {
                closed.add(scope);
            } else if (scope.schemaOnly()) {
                withoutDocuments.add(scope);
            }
        }
        CollectionSnapshot found = of(bases.apply(Set.copyOf(closed)), id);
        if (withoutDocuments.isEmpty()) {
            return found;
        }
        closed.addAll(withoutDocuments);
        CollectionSnapshot documents = of(bases.apply(Set.copyOf(closed)), id);
        return documents == null ? emptied(found) : documents;
    }

    /** Whether a scope has a collection by whatever name it has in one of the states; where they differ on that, it has not. */
    private boolean passes(Scope scope, long id) {
        for (Snapshot state : List.of(whole.base(), whole.ours(), whole.theirs())) {
            CollectionSnapshot found = of(state, id);
            if (found != null && !scope.includes(found)) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable CollectionSnapshot of(Snapshot state, long id) {
        return state.collections().get(RecordId.key(id));
    }

    private static @Nullable CollectionSnapshot emptied(@Nullable CollectionSnapshot collection) {
        return collection == null || collection.isView() ? collection : collection.emptied();
    }

    /** A state with other collections. */
    private static final class Changed {
        private final Snapshot state;
        private final Editor<CollectionSnapshot> collections;

        Changed(Snapshot state) {
            this.state = state;
            this.collections = state.collections().edit();
        }

        /** @param collection null for none */
        void put(long id, @Nullable CollectionSnapshot collection) {
            if (Objects.equals(of(state, id), collection)) {
                return; // what both sides share stays shared
            }
            if (collection == null) {
                collections.remove(RecordId.key(id));
            } else {
                collections.put(RecordId.key(id), collection);
            }
        }

        Snapshot state() {
            return state.with(collections.build());
        }
    }
}

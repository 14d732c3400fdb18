package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.tree.Editor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of its parent a partial branch shows: some collections, no documents, some fields hidden. The log keeps it with the branch:
 * <code>{collections: [PATTERN, ...], ids: [ID, ...], schemaOnly: true, masks: [...]}</code>, each of them where it says something. Immutable,
 * safe to share.
 */
public final class Scope {
    private final Doc source;
    private final @Nullable List<NamePattern> patterns;
    private final Set<Long> ids = new HashSet<>();
    private final boolean schemaOnly;
    private final @Nullable Mask mask;

    private Scope(Doc source) {
        this.source = source;
        Value collections = source.get("collections");
        this.patterns = collections == null ? null : patterns(collections.asDoc());
        Value numbers = source.get("ids");
        if (numbers != null) {
            for (Doc.Field id : numbers.asDoc()) {
                ids.add(id.value().asInt64());
            }
        }
        Value schema = source.get("schemaOnly");
        this.schemaOnly = schema != null && schema.isTruthy();
        Value masks = source.get("masks");
        this.mask = masks == null ? null : Mask.of(masks.asDoc());
    }

    private static List<NamePattern> patterns(Doc texts) {
        List<NamePattern> patterns = new ArrayList<>();
        for (Doc.Field text : texts) {
            patterns.add(NamePattern.of(text.value().asString()));
        }
        return patterns;
    }

    /** Reads what the log keeps. */
    static Scope of(Doc source) {
        return new Scope(source);
    }

    /** What a branch is made with whose parent has a scope: the parent's mask comes before its own. Null for nothing. */
    static @Nullable Scope inherited(@Nullable Scope parent, @Nullable Scope own) {
        Mask above = parent == null ? null : parent.mask;
        if (above == null) {
            return own;
        }
        DocBuilder doc = new DocBuilder();
        if (own != null) {
            for (Doc.Field field : own.source) {
                if (!field.name().equals("masks")) {
                    doc.append(field.name(), field.value());
                }
            }
        }
        Mask below = own == null ? null : own.mask;
        return new Scope(doc.append("masks", (below == null ? above : above.then(below)).source())
                .buildDoc());
    }

    /** As the log keeps it, with the masks of its parents before its own. */
    public Doc source() {
        return source;
    }

    /** What it hides, its parents' masks included; null for nothing. */
    public @Nullable Mask mask() {
        return mask;
    }

    /** The names and patterns of the collections that it shows; null for all. */
    public @Nullable List<String> collections() {
        return patterns == null
                ? null
                : patterns.stream().map(NamePattern::text).toList();
    }

    /** Whether it leaves documents out. */
    public boolean schemaOnly() {
        return schemaOnly;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Scope that && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    /** Whether it leaves out anything, rather than hide it. */
    boolean restricts() {
        return patterns != null || schemaOnly;
    }

    /** Whether it shows a collection: one that it showed when it was made, whatever the name is now, or one whose name it takes. */
    public boolean includes(CollectionSnapshot collection) {
        return includes(collection.id(), collection.name());
    }

    /** The same by what tells a collection. */
    public boolean includes(long id, String name) {
        return patterns == null || ids.contains(id) || patterns.stream().anyMatch(pattern -> pattern.matches(name));
    }

    /**
     * What a branch with this scope has of a state of its parent, or of any state that comes to it from outside: O(collections), no document is
     * looked at. Nothing is hidden by this, only left out. Compare and merge with a base, and with a source, that went through this.
     */
    public Snapshot restrict(Snapshot state) {
        if (!restricts()) {
            return state;
        }
        Editor<Long> byName = state.byName().edit();
        Editor<CollectionSnapshot> collections = state.collections().edit();
        for (CollectionSnapshot collection : state.all()) {
            if (!includes(collection)) {
                byName.remove(Snapshot.nameKey(collection.name()));
                collections.remove(RecordId.key(collection.id()));
            } else if (schemaOnly && !collection.isView()) {
                collections.put(RecordId.key(collection.id()), collection.emptied());
            }
        }
        return new Snapshot(state.branch(), state.lsn(), byName.build(), collections.build());
    }

    /** What is left of a state that goes through several scopes in order, such as those of {@link Catalog#crossing}. */
    public static Snapshot restrict(Snapshot state, List<Scope> scopes) {
        Snapshot left = state;
        for (Scope scope : scopes) {
            left = scope.restrict(left);
        }
        return left;
    }
}

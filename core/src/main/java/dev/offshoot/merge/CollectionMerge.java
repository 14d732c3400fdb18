package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of one collection or view that theirs changed. Used once, by one thread: {@link #merge}, names, then what came out. */
final class CollectionMerge {
    /** What ours has to do. */
    enum Action {
        /** Nothing: it is as it should be. */
        NONE,
        /** Remove it. */
        DROP,
        /** Take it from theirs. */
        BRING,
        /** Remove it, and take the one of theirs. */
        REPLACE,
        /** Change what is there. */
        CHANGE
    }

    private static final Map<String, Value> DEFAULTS =
            Map.of("validationLevel", Value.of("strict"), "validationAction", Value.of("error"));

    private final CollectionDiff diff;
    private final @Nullable CollectionSnapshot base;
    private final @Nullable CollectionSnapshot ours;
    private final @Nullable CollectionSnapshot theirs;
    private final Decisions decisions;
    private final MergeContext context;

    private Action action = Action.NONE;
    private @Nullable String newName;
    private @Nullable Doc newOptions;
    private @Nullable IndexMerge indexes;
    private @Nullable DocumentsMerge documents;

    CollectionMerge(CollectionDiff diff, @Nullable CollectionSnapshot ours, Decisions decisions, MergeContext context) {
        this.diff = diff;
        this.base = diff.before();
        this.ours = ours;
        this.theirs = diff.after();
        this.decisions = decisions;
        this.context = context;
    }

    void merge() {
        if (theirs == null) {
            mergeDropped();
        } else if (ours == null) {
            mergeMissing(theirs);
        } else if (ours.isView() != theirs.isView() || !sameCollation(ours, theirs)) {
            mergeUnlike(ours, theirs);
        } else if (diff.isReplaced() && isUntouched(ours)) {
            action = Action.REPLACE;
            newName = theirs.name();
        } else {
            mergeBoth(ours, theirs);
        }
    }

    private void mergeDropped() {
        if (ours == null || base == null) {
            return;
        }
        if (isUntouched(ours)) {
            action = Action.DROP;
            return;
        }
        Resolution resolution = decisions.decide(deleteVersusEdit("theirs dropped what ours changed"));
        if (resolution != null && resolution.take() != Resolution.Take.OURS) {
            action = Action.DROP;
        }
    }

    /** Theirs has it, ours does not. */
    private void mergeMissing(CollectionSnapshot there) {
        if (base == null) {
            bring(there);
        } else if (diff.hasMetadata() || hasDocuments(diff)) {
            Resolution resolution = decisions.decide(deleteVersusEdit("ours dropped what theirs changed"));
            if (resolution != null && resolution.take() == Resolution.Take.THEIRS) {
                bring(there);
            }
        }
    }

    private void bring(CollectionSnapshot there) {
        action = Action.BRING;
        newName = there.name();
    }

    /** One is a collection and the other a view, or they compare strings differently: nothing in between makes sense. */
    private void mergeUnlike(CollectionSnapshot here, CollectionSnapshot there) {
        if (isUntouched(here)) {
            action = Action.REPLACE;
            newName = there.name();
            return;
        }
        boolean kinds = here.isView() != there.isView();
        if (!kinds && base != null && sameCollation(base, there)) {
            mergeBoth(here, there);
            return;
        }
        Resolution resolution = decisions.decide(metadata(
                "",
                base == null ? null : Value.document(base.optionsWithoutUuid()),
                Value.document(here.optionsWithoutUuid()),
                Value.document(there.optionsWithoutUuid()),
                kinds
                        ? "on one side it is a collection, on the other one a view"
                        : "both sides made it anew, with different collations"));
        if (resolution != null && resolution.take() == Resolution.Take.THEIRS) {
            action = Action.REPLACE;
            newName = there.name();
        } else if (resolution != null && resolution.take() == Resolution.Take.DROP) {
            action = Action.DROP;
        }
    }

    private void mergeBoth(CollectionSnapshot here, CollectionSnapshot there) {
        action = Action.CHANGE;
        mergeNames(here, there);
        Doc options = mergeOptions(here, there);
        newOptions = options.equals(here.options()) ? null : options;
        if (!here.isView()) {
            CollectionOptions merged = newOptions == null ? here.definition() : CollectionOptions.of(options);
            IndexMerge indexMerge = new IndexMerge(base, here, there, merged, decisions);
            indexes = indexMerge;
            indexMerge.merge();
            DocumentsMerge documentsMerge =
                    new DocumentsMerge(new Versions<>(base, here, there), merged, indexMerge, decisions, context);
            documents = documentsMerge;
            documentsMerge.merge(diff);
        }
    }

    // ---- names

    private void mergeNames(CollectionSnapshot here, CollectionSnapshot there) {
        if (base == null || there.name().equals(base.name()) || there.name().equals(here.name())) {
            return;
        }
        if (here.name().equals(base.name())) {
            newName = there.name();
            return;
        }
        Resolution resolution = decisions.decide(metadata(
                "name",
                Value.of(base.name()),
                Value.of(here.name()),
                Value.of(there.name()),
                "both sides gave it another name"));
        if (resolution == null) {
            return;
        }
        Value value = resolution.value();
        newName = switch (resolution.take()) {
            case THEIRS -> there.name();
            case BASE -> base.name();
            case VALUE -> value == null ? null : value.asString();
            case OURS, DROP -> null;
        };
        if (here.name().equals(newName)) {
            newName = null;
        }
    }

    /** The name that it gets, which nothing else may have; null where it gets none. */
    @Nullable
    String wantedName() {
        return newName;
    }

    MergeConflict nameConflict(String name) {
        return metadata(
                "name",
                base == null ? null : Value.of(base.name()),
                ours == null ? null : Value.of(ours.name()),
                Value.of(name),
                "another collection or view has the name '" + name + "' after the merge");
    }

    /** Leaves ours what it is called; what would have been brought is not. */
    void keepName() {
        newName = null;
        if (action == Action.BRING || action == Action.REPLACE) {
            action = Action.NONE;
        }
    }

    void rename(String name) {
        newName = name;
    }

    void drop() {
        action = ours == null ? Action.NONE : Action.DROP;
        newName = null;
    }

    /** Whether what ours has no longer has its name. */
    boolean givesUpName() {
        return action == Action.DROP || action == Action.REPLACE || (newName != null && ours != null);
    }

    /** What it is called after the merge; null where it is not there. */
    @Nullable
    String finalName() {
        if (action == Action.DROP) {
            return null;
        }
        return newName != null ? newName : ours == null ? null : ours.name();
    }

    /** Its options after the merge; null where it is not there. */
    @Nullable
    CollectionOptions finalOptions() {
        return switch (action) {
            case DROP -> null;
            case BRING, REPLACE -> theirs == null ? null : theirs.definition();
            case NONE -> ours == null ? null : ours.definition();
            case CHANGE ->
                newOptions != null ? CollectionOptions.of(newOptions) : ours == null ? null : ours.definition();
        };
    }

    // ---- options

    /** One by one, without the uuid, which stays. A validator or a pipeline counts as one. */
    private Doc mergeOptions(CollectionSnapshot here, CollectionSnapshot there) {
        Doc before = base == null ? Doc.EMPTY : base.options();
        Set<String> names = new LinkedHashSet<>();
        here.options().forEach(option -> names.add(option.name()));
        there.options().forEach(option -> names.add(option.name()));
        DocBuilder merged = new DocBuilder();
        for (String name : names) {
            Value mine = here.options().get(name);
            Value other = there.options().get(name);
            Value value = name.equals(CollectionOptions.UUID) ? mine : option(name, before.get(name), mine, other);
            if (value != null) {
                merged.append(name, value);
            }
        }
        return merged.buildDoc();
    }

    private @Nullable Value option(String name, @Nullable Value before, @Nullable Value mine, @Nullable Value other) {
        if (Objects.equals(other, before) || Objects.equals(other, mine)) {
            return mine;
        }
        if (Objects.equals(mine, before)) {
            return other;
        }
        if (isSame(name, other, before) || isSame(name, other, mine)) {
            return mine;
        }
        if (isSame(name, mine, before)) {
            return other;
        }
        Resolution resolution = decisions.decide(
                metadata("options." + name, before, mine, other, "both sides gave this option another value"));
        return resolution == null
                ? mine
                : switch (resolution.take()) {
                    case OURS -> mine;
                    case THEIRS -> other;
                    case BASE -> before;
                    case DROP -> null;
                    case VALUE -> resolution.value();
                };
    }

    /** Whether two values of an option mean the same; one that is not there stands for the one that counts then. */
    private static boolean isSame(String name, @Nullable Value value, @Nullable Value compared) {
        Value otherwise = DEFAULTS.get(name);
        return Objects.equals(value == null ? otherwise : value, compared == null ? otherwise : compared);
    }

    private static boolean sameCollation(CollectionSnapshot one, CollectionSnapshot other) {
        return one.definition().collation().equals(other.definition().collation());
    }

    // ---- what came out

    Action action() {
        return action;
    }

    /** Its name on our side, or on theirs where it is only there. */
    String name() {
        return ours == null ? diff.name() : ours.name();
    }

    @Nullable
    CollectionSnapshot ours() {
        return ours;
    }

    @Nullable
    CollectionSnapshot theirs() {
        return theirs;
    }

    @Nullable
    Doc newOptions() {
        return newOptions;
    }

    @Nullable
    IndexMerge indexes() {
        return indexes;
    }

    @Nullable
    DocumentsMerge documents() {
        return documents;
    }

    // ---- what changed

    /** Whether ours is what the base has. */
    private boolean isUntouched(CollectionSnapshot here) {
        if (base == null) {
            return false;
        }
        CollectionDiff since = new CollectionDiff(base, here);
        return !since.hasMetadata() && !hasDocuments(since);
    }

    private boolean hasDocuments(CollectionDiff of) {
        Iterator<DocumentChange> changes = of.documents(context.patience());
        while (changes.hasNext()) {
            if (!changes.next().isSameAgain()) {
                return true;
            }
        }
        return false;
    }

    // ---- conflicts

    private MergeConflict deleteVersusEdit(String reason) {
        return new MergeConflict(
                ConflictType.DELETE_VERSUS_EDIT,
                name(),
                null,
                "",
                List.of(),
                new Versions<>(summary(base), summary(ours), summary(theirs)),
                reason);
    }

    /** What tells one state of a collection from another one. */
    private static MergeConflict.@Nullable Side summary(@Nullable CollectionSnapshot collection) {
        if (collection == null) {
            return null;
        }
        return new MergeConflict.Side(
                null,
                Value.document(new DocBuilder()
                        .append("name", collection.name())
                        .append("options", collection.optionsWithoutUuid())
                        .append("documents", collection.count())
                        .append("bytes", collection.dataBytes())
                        .append("indexes", collection.indexes().size())
                        .buildDoc()));
    }

    private MergeConflict metadata(
            String path, @Nullable Value before, @Nullable Value mine, @Nullable Value other, String reason) {
        return metadata(name(), path, new Versions<>(before, mine, other), reason);
    }

    static MergeConflict metadata(String name, String path, Versions<Value> values, String reason) {
        return new MergeConflict(
                ConflictType.METADATA,
                name,
                null,
                path,
                List.of(),
                new Versions<>(side(values.base()), side(values.ours()), side(values.theirs())),
                reason);
    }

    private static MergeConflict.@Nullable Side side(@Nullable Value value) {
        return value == null ? null : new MergeConflict.Side(null, value);
    }
}

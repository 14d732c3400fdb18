package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.PendingMerges.Kept;
import dev.offshoot.merge.ConflictType;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.Resolution;
import dev.offshoot.merge.Versions;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{resolveConflict: ID, take: 'ours'}</code>: says how a conflict is decided: by {@code ours}, {@code theirs}, {@code base}, {@code drop}, or with
 * {@code value}, by what is given. {@code take: 'none'} takes back what was said.
 * <code>{resolveConflict: {type: ..., collection: ...}, into: BRANCH, take: ...}</code> says it of all that are like this. Nothing changes on
 * the branch before the merge goes on.
 */
final class ResolveConflict implements Command {
    private static final String NONE = "none";

    @Override
    public String name() {
        return "resolveConflict";
    }

    @Override
    public String help() {
        return "decides what a merge could not: {resolveConflict: ID, take: 'ours' | 'theirs' | 'base' | 'drop', value}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("into", "take", "value");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Merging merging = new Merging(call, project);
        Value what = call.get(call.name());
        Resolution resolution = resolution(call);
        if (what != null && what.isDocument()) {
            Branch target = MergeBranch.into(call, project);
            Selection selection = Selection.of(what.asDoc());
            PendingMerges.Pending waiting = merging.waiting(target);
            reply.append(
                    "resolved",
                    merging.pending()
                            .resolve(
                                    target.id(),
                                    kept -> waiting.waitsFor(kept)
                                            && selection.holds(kept)
                                            && (resolution == null || takes(kept, resolution)),
                                    kept -> resolution));
        } else {
            String id = call.string(call.name());
            Kept found = ListConflicts.find(merging.pending(), id);
            long resolved = merging.pending()
                    .resolve(
                            found.target(),
                            kept -> kept.id().equals(id),
                            kept -> resolution == null ? null : checked(kept, resolution));
            if (resolved == 0) {
                throw new CommandException(
                        ErrorCode.NO_SUCH_KEY, "conflict '" + id + "' is no longer there: its merge went on meanwhile");
            }
            reply.append("resolved", resolved);
        }
    }

    /** Null where what was said is to be taken back. */
    private static @Nullable Resolution resolution(Invocation call) {
        Value value = call.get("value");
        String take = call.optionalString("take");
        if (value != null && (take == null || take.equals("value"))) {
            return Resolution.of(value);
        }
        if (value != null || take == null) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, "resolveConflict takes either 'take' or 'value', exactly one of them");
        }
        if (take.equals(NONE)) {
            return null;
        }
        if (take.equals("value")) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "take: 'value' needs the value");
        }
        return Resolution.by(Resolution.Take.named(take));
    }

    private static boolean takes(Kept kept, Resolution resolution) {
        return conflict(kept).takes(resolution);
    }

    private static Resolution checked(Kept kept, Resolution resolution) {
        if (!takes(kept, resolution)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "a conflict of type " + kept.type().word() + " cannot be resolved by "
                            + resolution.take().word() + (resolution.value() == null ? "" : " " + resolution.value()));
        }
        Value value = resolution.value();
        Value id = kept.doc().get("id");
        if (value == null || id == null) {
            return resolution;
        }
        Doc stored = Doc.of(Storable.of(value.asDoc()));
        if (!id.equals(stored.get("_id"))) {
            throw new CommandException(
                    ErrorCode.IMMUTABLE_FIELD,
                    "the value has to be a document with _id " + id + ", as the one in conflict has");
        }
        return Resolution.of(Value.document(stored));
    }

    /** As much of the conflict as tells what it takes. */
    private static MergeConflict conflict(Kept kept) {
        Value path = kept.doc().get("path");
        return new MergeConflict(
                kept.type(),
                kept.collection(),
                kept.doc().get("id"),
                path == null ? "" : path.asString(),
                List.of(),
                new Versions<>(null, null, null),
                "");
    }

    /** Which conflicts are meant: of a type, of a collection, or all. */
    private record Selection(
            @Nullable ConflictType type, @Nullable String collection) {
        static Selection of(Doc spec) {
            SubDocument fields = new SubDocument("resolveConflict", spec).only(Set.of("type", "collection"));
            return new Selection(
                    spec.has("type") ? ConflictType.named(fields.string("type")) : null,
                    spec.has("collection") ? fields.string("collection") : null);
        }

        boolean holds(Kept kept) {
            return (type == null || type == kept.type())
                    && (collection == null || collection.equals(kept.collection()));
        }
    }
}

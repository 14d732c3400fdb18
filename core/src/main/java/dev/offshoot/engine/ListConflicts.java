package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.PendingMerges.Kept;
import dev.offshoot.merge.ConflictType;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.Resolution;
import dev.offshoot.merge.Sides;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Mask;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * <code>{listConflicts: 1, into: BRANCH}</code>: the conflicts of the merge that waits on a branch, as a cursor, in the order they were found;
 * only those of a {@code type}, of a {@code collection}, or, with {@code open}, those not resolved yet or those that are. Each shows what
 * is there on both sides and in the base; where that takes too much together, {@code large: true} stands there instead.
 * <code>{listConflicts: ID, side: 'ours'}</code> answers one side alone, which always fits.
 */
final class ListConflicts implements Command {
    /** The three sides of a conflict are shown with it if they take no more than this together. */
    private static final int SHOWN_BYTES_MAX = 12 << 20;

    @Override
    public String name() {
        return "listConflicts";
    }

    @Override
    public String help() {
        return "lists what a merge could not decide: {listConflicts: 1, into: BRANCH}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("into", "type", "collection", "open", "side", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Merging merging = new Merging(call, project);
        Value what = call.get(call.name());
        if (what != null && what.isString()) {
            one(call, project, merging, what.asString(), reply);
            return;
        }
        if (call.has("side")) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, "'side' needs the conflict: {listConflicts: ID, side: 'ours'}");
        }
        Branch target = MergeBranch.into(call, project);
        Shown shown = Shown.of(call, project, merging, target);
        PendingMerges.Pending waiting = merging.waiting(target);
        String word = call.optionalString("type");
        ConflictType type = word == null ? null : ConflictType.named(word);
        String collection = call.optionalString("collection");
        Value open = call.get("open");
        Iterator<Doc> conflicts = StreamSupport.stream(
                        merging.pending().conflicts(target.id()).spliterator(), false)
                .filter(waiting::waitsFor)
                .filter(kept -> type == null || kept.type() == type)
                .filter(kept -> collection == null || kept.collection().equals(collection))
                .filter(kept -> open == null || open.isTruthy() == (kept.resolution() == null))
                .map(shown::conflict)
                .iterator();
        long batch = CursorReply.batchSize(call.name(), call.document("cursor"), CursorReply.FIRST_BATCH);
        CursorReply.first(call, new CursorReply.Opening("$cmd.listConflicts", batch, false, false), conflicts, reply);
    }

    private static void one(Invocation call, Project project, Merging merging, String id, DocBuilder reply) {
        Kept kept = find(merging.pending(), id);
        Branch target = project.catalog().existing(kept.target());
        Shown shown = Shown.of(call, project, merging, target);
        String side = call.optionalString("side");
        List<Doc> found = List.of(shown.conflict(kept));
        if (side != null) {
            if (!Set.of("base", "ours", "theirs").contains(side)) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "'side' is 'base', 'ours' or 'theirs', not '" + side + "'");
            }
            Value value = shown.value(kept, side);
            found = value == null
                    ? List.of()
                    : List.of(
                            value.isDocument()
                                    ? value.asDoc()
                                    : new DocBuilder().append("value", value).buildDoc());
        }
        CursorReply.first(call, new CursorReply.Opening("$cmd.listConflicts", 1, true, false), found.iterator(), reply);
    }

    /**
     * The conflict with this id.
     *
     * @throws CommandException NoSuchKey where there is none
     */
    static Kept find(PendingMerges pending, String id) {
        Kept kept = pending.conflict(id);
        if (kept == null) {
            throw new CommandException(
                    ErrorCode.NO_SUCH_KEY,
                    "there is no conflict '" + id + "'; list them with {listConflicts: 1, into: BRANCH}");
        }
        return kept;
    }

    /** Shows conflicts with what is there on each side. */
    private record Shown(Sides<Snapshot> states, @Nullable Mask mask) {
        /** Through the masks of both branches, and of the one that the command was sent to. */
        static Shown of(Invocation call, Project project, Merging merging, Branch target) {
            PendingMerges.Pending waiting = merging.waiting(target);
            Branch source = project.catalog().existing(waiting.theirs().branch());
            Mask mask = Mask.both(Mask.both(target.mask(), source.mask()), Masked.here(call));
            Sides<Snapshot> stored = merging.states(waiting);
            Sides<Snapshot> seen = new Sides<>(
                    Masked.view(mask, stored.base()),
                    Masked.view(mask, stored.ours()),
                    Masked.view(mask, stored.theirs()));
            return new Shown(seen, mask);
        }

        Doc conflict(Kept kept) {
            DocBuilder out = new DocBuilder()
                    .append("_id", kept.id())
                    .append("type", kept.type().word())
                    .append("collection", kept.collection());
            Value id = kept.doc().get("id");
            if (id != null) {
                out.append("id", id);
            }
            if (kept.commit() != 0) {
                copy(kept, out, "commit");
            }
            copy(kept, out, "path");
            copy(kept, out, "fields");
            if (mask == null || kept.type() != ConflictType.VALIDATION) {
                copy(kept, out, "reason");
            }
            Value base = value(kept, "base");
            Value ours = value(kept, "ours");
            Value theirs = value(kept, "theirs");
            if (length(base) + length(ours) + length(theirs) > SHOWN_BYTES_MAX) {
                out.append("large", true);
            } else {
                append(out, "base", base);
                append(out, "ours", ours);
                append(out, "theirs", theirs);
            }
            Resolution said = kept.resolution();
            if (said == null) {
                out.append("open", true);
            } else {
                out.append("open", false).append("take", said.take().word());
            }
            return out.buildDoc();
        }

        private static void copy(Kept kept, DocBuilder out, String field) {
            Value value = kept.doc().get(field);
            boolean empty = value == null
                    || (value.isString() && value.asString().isEmpty())
                    || (value.type() == Bson.ARRAY && value.asDoc().isEmpty());
            if (value != null && !empty) {
                out.append(field, value);
            }
        }

        private static void append(DocBuilder out, String name, @Nullable Value value) {
            if (value != null) {
                out.append(name, value);
            }
        }

        private static long length(@Nullable Value value) {
            return value == null ? 0 : value.length();
        }

        /** What is there on one side; null for nothing. */
        @Nullable
        Value value(Kept conflict, String name) {
            Value side = conflict.doc().get(name);
            if (side == null) {
                return null;
            }
            Doc kept = side.asDoc();
            Value of = kept.get("of");
            Value collection = kept.get("collection");
            Value record = kept.get("record");
            if (of == null || collection == null || record == null) {
                return merged(conflict, kept.get("value"));
            }
            Snapshot state = switch (MergeConflict.Of.valueOf(of.asString())) {
                case BASE -> states.base();
                case OURS -> states.ours();
                case THEIRS -> states.theirs();
            };
            CollectionSnapshot found = state.collections().get(RecordId.key(collection.asInt64()));
            byte[] document = found == null ? null : found.document(record.asInt64());
            return document == null ? null : Value.document(Doc.of(document));
        }

        /** A document that neither side has but the merge would make, through the mask. */
        private @Nullable Value merged(Kept conflict, @Nullable Value value) {
            CollectionSnapshot found = states.ours().entry(conflict.collection());
            boolean isDocument =
                    value != null && value.isDocument() && conflict.doc().has("id");
            if (mask == null || value == null || !isDocument) {
                return value;
            }
            long id = found == null ? 0 : found.id();
            return Value.document(
                    Doc.of(mask.apply(id, conflict.collection(), value.asDoc().toBytes())));
        }
    }
}

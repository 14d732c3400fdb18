package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.merge.CollectionRestore;
import dev.offshoot.merge.DocumentChange;
import dev.offshoot.merge.DocumentCounts;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Mask;
import dev.offshoot.state.NearNames;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a collection, or documents of it, what it was in a past state.
 *
 * @param collection its name now; where there is none of this name, its name then
 * @param then the past state
 * @param whole whether it is the state at its position; else its collections are without the documents that they have there
 * @param at its position as people write it
 * @param filter which documents; null for the whole collection
 * @param as the name to restore the collection under, beside what is there; null for its own
 * @param dryRun whether to count only
 * @param once the names that its commit is found by
 */
record RestoreStatement(
        Invocation call,
        String collection,
        Snapshot then,
        boolean whole,
        String at,
        @Nullable Doc filter,
        @Nullable String as,
        boolean dryRun,
        Once once)
        implements Statement<RestoreStatement.Done> {
    /**
     * What it came to.
     *
     * @param name of the collection as it is called now
     * @param at the position it was restored from
     * @param created whether the collection was not there before
     * @param altered how many changes of options and indexes
     * @param head of the branch, before
     * @param again whether it was done before, and this is what it came to then
     */
    record Done(
            String name, String at, boolean created, DocumentCounts counts, long altered, long head, boolean again) {
        Doc toDoc() {
            return new DocBuilder()
                    .append("name", name)
                    .append("at", at)
                    .append("created", created)
                    .append("added", counts.added())
                    .append("removed", counts.removed())
                    .append("changed", counts.changed())
                    .append("sameAgain", counts.sameAgain())
                    .append("altered", altered)
                    .append("head", head)
                    .buildDoc();
        }

        static Done of(Doc doc) {
            return new Done(
                    field(doc, "name").asString(),
                    field(doc, "at").asString(),
                    field(doc, "created").asBoolean(),
                    new DocumentCounts(
                            field(doc, "added").asInt64(),
                            field(doc, "removed").asInt64(),
                            field(doc, "changed").asInt64(),
                            field(doc, "sameAgain").asInt64()),
                    field(doc, "altered").asInt64(),
                    field(doc, "head").asInt64(),
                    true);
        }

        private static Value field(Doc doc, String name) {
            return Objects.requireNonNull(doc.get(name), name);
        }
    }

    @Override
    public Draft<Done> evaluate(Turn turn) {
        Doc before = once.executed(turn);
        if (before != null) {
            return Draft.unchanged(Done.of(before));
        }
        Snapshot now = turn.stored();
        CollectionSnapshot there = now.entry(collection);
        CollectionSnapshot past = past(there);
        if (past == null) {
            throw notThere(there);
        }
        if (as != null) {
            return bring(now, past, as);
        }
        if (there == null) {
            return bring(now, past, collection);
        }
        if (filter != null) {
            return some(now, there, past, filter);
        }
        if (there.id() != past.id()) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_EXISTS,
                    "collection " + call.namespace(collection) + " is not the one that was there at LSN " + then.lsn()
                            + ": that one was dropped, and this one made since. Restore it under another name with as:"
                            + " 'NAME', or documents of it with a filter, or drop or rename this one first");
        }
        CollectionRestore restore = CollectionRestore.whole(there, past, call.deadline()::check);
        return draft(now, there.name(), restore, restore.definitions());
    }

    /** By name; else by id, where it had another name then. */
    private @Nullable CollectionSnapshot past(@Nullable CollectionSnapshot there) {
        CollectionSnapshot named = then.entry(collection);
        CollectionSnapshot same = there == null ? null : then.collections().get(RecordId.key(there.id()));
        return same == null ? named : same;
    }

    // ---- a collection that is not there

    private Draft<Done> bring(Snapshot now, CollectionSnapshot past, String name) {
        if (filter != null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "collection " + call.namespace(collection)
                            + " is not there, so no documents of it can be restored alone; restore it as a whole first");
        }
        if (now.entry(name) != null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_EXISTS,
                    "collection " + call.namespace(name) + " already exists; choose another name for 'as'");
        }
        CollectionSnapshot same = now.collections().get(RecordId.key(past.id()));
        if (same == null && whole) {
            Masked.checkName(Masked.here(call), past, past.id(), name);
            Change change = new Change.RestoreCollection(then.branch(), then.lsn(), past.id(), name);
            Done done = done(name, true, new DocumentCounts(past.count(), 0, 0, 0), 0, now);
            return dryRun
                    ? Draft.unchanged(done)
                    : new Draft<>(done, List.of(change), once.results(done.toDoc()), new Referred(List.of(then)));
        }
        if (same != null && as == null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "collection '" + collection + "' is called '" + same.name() + "' now; restore '" + same.name()
                            + "', or a copy of it with as: '" + collection + "'");
        }
        Masked.checkName(Masked.here(call), past, 0, name);
        byte[] options = NewCollection.options(past.optionsWithoutUuid());
        CollectionRestore copy = CollectionRestore.copy(past, name, options, call.deadline()::check);
        Done done = done(name, true, copy.counts(), 0, now);
        return dryRun ? Draft.unchanged(done) : new Draft<>(done, copy.changes(), once.results(done.toDoc()));
    }

    // ---- one that is there

    private Draft<Done> some(Snapshot now, CollectionSnapshot there, CollectionSnapshot past, Doc wanted) {
        if (there.isView() || past.isView()) {
            throw Snapshot.isView(call.namespace(collection));
        }
        Filter compiled = call.filter(wanted, there.definition().collation());
        Mask mask = Masked.here(call);
        CollectionRestore restore = CollectionRestore.some(
                there,
                past,
                document ->
                        compiled.matches(mask == null ? document : mask.apply(there.id(), there.name(), document), 0),
                call.deadline()::check);
        check(there, restore.documents());
        return draft(now, there.name(), restore, 0);
    }

    /** What is to hold of any write: they may not be what the collection asks for now. */
    private void check(CollectionSnapshot there, List<DocumentChange> documents) {
        String namespace = call.namespace(there.name());
        Mask mask = Masked.here(call);
        DocumentMask hidden = mask == null ? null : mask.of(there.id(), there.name());
        UniqueKeys unique = new UniqueKeys(namespace, there, hidden);
        DocumentRules rules = DocumentRules.of(call, there.definition(), namespace, hidden != null);
        for (DocumentChange change : documents) {
            if (change.before() != null) {
                unique.free(change.before());
            }
        }
        for (DocumentChange change : documents) {
            byte[] after = change.after();
            if (after == null) {
                continue;
            }
            if (change.before() == null && there.definition().isCapped()) {
                throw new CommandException(
                        ErrorCode.ILLEGAL_OPERATION,
                        "collection " + namespace
                                + " is capped, and single documents do not come back to it; restore it"
                                + " as a whole");
            }
            if (rules != null) {
                rules.check(change.before(), after);
            }
            unique.change(change.recordAfter(), null, after);
        }
    }

    private Draft<Done> draft(Snapshot now, String name, CollectionRestore restore, long altered) {
        Done done = done(name, false, restore.counts(), altered, now);
        return dryRun || restore.changes().isEmpty()
                ? Draft.unchanged(done)
                : new Draft<>(done, restore.changes(), once.results(done.toDoc()));
    }

    private Done done(String name, boolean created, DocumentCounts counts, long altered, Snapshot now) {
        return new Done(name, at, created, counts, altered, now.lsn(), false);
    }

    private CommandException notThere(@Nullable CollectionSnapshot there) {
        List<String> names = then.all().stream().map(CollectionSnapshot::name).toList();
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "collection '" + collection + "' was not there at LSN " + then.lsn() + "; "
                        + (there == null ? "" : "to have none of it, drop it; ")
                        + NearNames.hint("there was", collection, names));
    }
}

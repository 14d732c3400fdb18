package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.ConflictType;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Resolution;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Merges that wait for their conflicts to be resolved, one at most for each branch: documents on the project's internal branch, so they
 * survive restarts, every process on a shared store sees them, and there may be any number of conflicts. Conflicts name documents by where
 * they are and not by their content, so each takes about 300 bytes. Stateless.
 */
final class PendingMerges {
    static final String MERGES = "merges";
    static final String CONFLICTS = "conflicts";

    private final Project project;
    private final Origin origin;

    PendingMerges(Project project, Origin origin) {
        this.project = project;
        this.origin = origin;
    }

    /**
     * A merge that waits.
     *
     * @param session names its commit, so that it is made once: the session of a {@link dev.offshoot.wal.RetryKey}
     * @param ours the head of the target that the conflicts were found with
     * @param theirs what comes in
     * @param bases the base that the conflicts were found with; several are merged first
     * @param lastNumber how many conflicts it had so far
     * @param commit the last LSN of the commit that the conflicts are of, where commits are kept apart; else 0
     */
    record Pending(
            MergeTask task,
            UUID session,
            Position ours,
            Position theirs,
            List<Position> bases,
            long lastNumber,
            long commit) {
        Doc toDoc() {
            DocBuilder out = new DocBuilder()
                    .append("_id", task.target())
                    .append("task", task.toDoc())
                    .append("session", session.toString())
                    .append("ours", MergeTask.toDoc(ours))
                    .append("theirs", MergeTask.toDoc(theirs))
                    .startArray("bases");
            bases.forEach(base -> out.add(MergeTask.toDoc(base)));
            return out.end()
                    .append("lastNumber", lastNumber)
                    .append("commit", commit)
                    .buildDoc();
        }

        static Pending of(Doc doc) {
            List<Position> bases = new ArrayList<>();
            required(doc, "bases").asDoc().forEach(base -> bases.add(MergeTask.position(base.value())));
            return new Pending(
                    MergeTask.of(required(doc, "task").asDoc()),
                    UUID.fromString(required(doc, "session").asString()),
                    Objects.requireNonNull(MergeTask.position(doc.get("ours"))),
                    Objects.requireNonNull(MergeTask.position(doc.get("theirs"))),
                    bases,
                    required(doc, "lastNumber").asInt64(),
                    PendingMerges.commit(doc));
        }

        /** Whether a conflict of the branch is one that it waits for now, and not one of a commit before. */
        boolean waitsFor(Kept kept) {
            return kept.commit() == commit;
        }
    }

    /** A conflict as it is kept, with what was said about it. */
    record Kept(InternalDocuments.Kept kept) {
        Doc doc() {
            return kept.doc();
        }

        String id() {
            return required(doc(), "_id").asString();
        }

        long target() {
            return required(doc(), "target").asInt64();
        }

        String key() {
            return required(doc(), "key").asString();
        }

        String fingerprint() {
            return required(doc(), "fingerprint").asString();
        }

        /** The last LSN of the commit that it is of, where commits are kept apart; else 0. */
        long commit() {
            return PendingMerges.commit(doc());
        }

        ConflictType type() {
            return ConflictType.named(required(doc(), "type").asString());
        }

        String collection() {
            return required(doc(), "collection").asString();
        }

        @Nullable
        Resolution resolution() {
            Value said = doc().get("resolution");
            if (said == null) {
                return null;
            }
            Resolution.Take take =
                    Resolution.Take.named(required(said.asDoc(), "take").asString());
            return new Resolution(take, said.asDoc().get("value"));
        }
    }

    // ---- reading

    /** The merge that waits on a branch, or null. */
    @Nullable
    Pending find(long target) {
        return find(InternalDocuments.of(project), target);
    }

    private static @Nullable Pending find(InternalDocuments documents, long target) {
        InternalDocuments.Kept found = documents.find(MERGES, Value.of(target));
        return found == null ? null : Pending.of(found.doc());
    }

    /** The conflict with this id, or null. */
    @Nullable
    Kept conflict(String id) {
        InternalDocuments.Kept found = InternalDocuments.of(project).find(CONFLICTS, Value.of(id));
        return found == null ? null : new Kept(found);
    }

    /** The conflicts of a branch, in the order they were found, as they are now. */
    Iterable<Kept> conflicts(long target) {
        return conflicts(InternalDocuments.of(project), target);
    }

    private static Iterable<Kept> conflicts(InternalDocuments documents, long target) {
        Iterable<InternalDocuments.Kept> all =
                documents.all(CONFLICTS, doc -> required(doc, "target").asInt64() == target);
        return () ->
                StreamSupport.stream(all.spliterator(), false).map(Kept::new).iterator();
    }

    // ---- writing

    /**
     * Keeps a merge and its conflicts, instead of what was kept for its branch before.
     *
     * @param before the session of the merge that is there; null for none
     * @param used the keys of those kept conflicts whose resolutions still count
     * @param retries what the command is to be answered that is sent again
     * @throws CommandException ConflictingOperationInProgress where another one is there
     */
    Pending keep(
            Pending pending,
            @Nullable UUID before,
            List<MergeConflict> open,
            Collection<String> used,
            List<RetryResult> retries) {
        return write(turn -> {
            InternalDocuments documents = new InternalDocuments(turn.snapshot());
            Pending there = find(documents, pending.task().target());
            if (!Objects.equals(there == null ? null : there.session(), before)) {
                throw inProgress(there);
            }
            Map<String, Kept> old = new HashMap<>();
            conflicts(documents, pending.task().target()).forEach(kept -> old.put(kept.key(), kept));
            long number = there == null ? 0 : there.lastNumber();
            for (MergeConflict conflict : open) {
                Kept known = old.remove(key(conflict, pending.commit()));
                if (known != null && known.fingerprint().equals(conflict.fingerprint())) {
                    continue;
                }
                if (known != null) {
                    documents.delete(CONFLICTS, known.kept());
                }
                number++;
                documents.insert(CONFLICTS, toDoc(pending.task().target(), number, conflict, pending.commit()));
            }
            for (Kept kept : old.values()) {
                if (!used.contains(kept.key())) {
                    documents.delete(CONFLICTS, kept.kept());
                }
            }
            Pending numbered = new Pending(
                    pending.task(),
                    pending.session(),
                    pending.ours(),
                    pending.theirs(),
                    pending.bases(),
                    number,
                    pending.commit());
            documents.put(MERGES, numbered.toDoc());
            return new Statement.Draft<>(numbered, documents.changes(), retries);
        });
    }

    /** Forgets a merge and its conflicts; does nothing where it is no longer there. */
    void forget(Pending pending) {
        forget(pending, List.of());
    }

    /** @param retries what the command is to be answered that is sent again */
    void forget(Pending pending, List<RetryResult> retries) {
        boolean unused = this.<Boolean>write(turn -> {
            InternalDocuments documents = new InternalDocuments(turn.snapshot());
            Pending there = find(documents, pending.task().target());
            if (there == null || !there.session().equals(pending.session())) {
                return Statement.Draft.unchanged(false);
            }
            conflicts(documents, pending.task().target()).forEach(kept -> documents.delete(CONFLICTS, kept.kept()));
            documents.delete(
                    MERGES,
                    Objects.requireNonNull(
                            documents.find(MERGES, Value.of(pending.task().target()))));
            return new Statement.Draft<>(true, documents.changes(), retries);
        });
    }

    /**
     * Says how conflicts of a branch are decided.
     *
     * @param concerned which of them
     * @param resolution what is said of one; may throw; null takes back what was said
     * @return how many
     */
    long resolve(long target, Predicate<Kept> concerned, Function<Kept, @Nullable Resolution> resolution) {
        return this.<Long>write(turn -> {
            InternalDocuments documents = new InternalDocuments(turn.snapshot());
            List<Kept> all = new ArrayList<>();
            conflicts(documents, target).forEach(kept -> {
                if (concerned.test(kept)) {
                    all.add(kept);
                }
            });
            for (Kept kept : all) {
                documents.replace(CONFLICTS, kept.kept(), resolved(kept.doc(), resolution.apply(kept)));
            }
            return new Statement.Draft<>((long) all.size(), documents.changes(), List.of());
        });
    }

    private <R> R write(Statement<R> statement) {
        return project.write(project.internal(origin), origin, statement);
    }

    private CommandException inProgress(@Nullable Pending there) {
        return new CommandException(
                ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS,
                there == null
                        ? "the merge was finished or aborted meanwhile; nothing was changed"
                        : inProgress(project, there));
    }

    /** What is said to who wants to begin another one. */
    static String inProgress(Project project, Pending there) {
        Branch target = project.catalog().branch(there.task().target());
        String name = target == null ? "?" : target.name();
        MergeTask.Kind kind = there.task().kind();
        return kind.some() + " into branch '" + name
                + "' waits for its conflicts to be resolved; see them with {listConflicts: 1, into: '" + name
                + "'}, then {mergeBranch: 1, into: '" + name + "', continue: true}, or abort: true";
    }

    private static Doc resolved(Doc conflict, @Nullable Resolution resolution) {
        DocBuilder out = new DocBuilder();
        for (Doc.Field field : conflict) {
            if (!field.name().equals("resolution")) {
                out.append(field.name(), field.value());
            }
        }
        if (resolution != null) {
            out.startDocument("resolution").append("take", resolution.take().word());
            if (resolution.value() != null) {
                out.append("value", resolution.value());
            }
            out.end();
        }
        return out.buildDoc();
    }

    // ---- conflicts as documents

    /** The same conflict in two commits has two keys. */
    static String key(MergeConflict conflict, long commit) {
        return commit == 0 ? conflict.key() : commit + "-" + conflict.key();
    }

    private static long commit(Doc doc) {
        Value commit = doc.get("commit");
        return commit == null ? 0 : commit.asInt64();
    }

    private static Doc toDoc(long target, long number, MergeConflict conflict, long commit) {
        DocBuilder out = new DocBuilder()
                .append("_id", target + "-" + number)
                .append("target", target)
                .append("key", key(conflict, commit))
                .append("commit", commit)
                .append("fingerprint", conflict.fingerprint())
                .append("type", conflict.type().word())
                .append("collection", conflict.collection());
        if (conflict.id() != null) {
            out.append("id", conflict.id());
        }
        out.append("path", conflict.path()).append("reason", conflict.reason()).startArray("fields");
        conflict.fields().forEach(field -> out.add(field.toString()));
        out.end();
        append(out, "base", conflict.sides().base());
        append(out, "ours", conflict.sides().ours());
        append(out, "theirs", conflict.sides().theirs());
        return out.buildDoc();
    }

    private static void append(DocBuilder out, String name, MergeConflict.@Nullable Side side) {
        if (side == null) {
            return;
        }
        MergeConflict.Place place = side.place();
        out.startDocument(name);
        if (place == null) {
            out.append("value", side.value());
        } else {
            out.append("of", place.of().name())
                    .append("collection", place.collection())
                    .append("record", place.record());
        }
        out.end();
    }

    private static Value required(Doc doc, String name) {
        return Objects.requireNonNull(doc.get(name), name);
    }
}

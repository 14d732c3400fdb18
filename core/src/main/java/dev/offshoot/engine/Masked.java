package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexDefinition;
import dev.offshoot.state.Mask;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import org.jspecify.annotations.Nullable;

/** What a branch with a mask says and refuses, so that nothing that it hides is told by another way than its documents. */
final class Masked {
    private Masked() {}

    /** What both the database that a command was sent to and a position that it names hide; null for nothing. */
    static @Nullable Mask of(Invocation call, Target target) {
        return Mask.both(target.branch().mask(), here(call));
    }

    /** What the database that a command was sent to hides; null for nothing. */
    static @Nullable Mask here(Invocation call) {
        Target sent = call.database().isSystem() ? null : call.target();
        return sent == null ? null : sent.branch().mask();
    }

    /**
     * Refuses another name for a collection that is masked by its name, where the mask does not know it by its id: under the other name it would not be
     * hidden.
     *
     * @param id what the collection will be known by; 0 for a new one
     */
    static void checkName(@Nullable Mask mask, CollectionSnapshot collection, long id, String to) {
        DocumentMask before = mask == null ? null : mask.of(collection.id(), collection.name());
        if (mask != null && before != null && !before.equals(mask.of(id, to))) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "under the name '" + to + "' the branch would not mask the collection '" + collection.name()
                            + "'; do this on a branch that is not masked");
        }
    }

    /**
     * Refuses a state for a branch that has another name for a collection which is masked by its name, and would not be under the other one.
     *
     * @param before what the branch has
     */
    static void checkNames(@Nullable Mask mask, Snapshot before, Snapshot after) {
        if (mask == null) {
            return;
        }
        for (CollectionSnapshot collection : before.all()) {
            CollectionSnapshot then = after.collections().get(RecordId.key(collection.id()));
            DocumentMask hidden = then == null ? null : mask.of(collection.id(), collection.name());
            if (then != null && hidden != null && !hidden.equals(mask.of(then.id(), then.name()))) {
                throw new CommandException(
                        ErrorCode.ILLEGAL_OPERATION,
                        "collection '" + collection.name() + "' would be called '" + then.name()
                                + "' on the branch, and under that name its mask does not hide it. Make another branch"
                                + " with a mask that names '" + then.name() + "'");
            }
        }
    }

    /** A state as it is stored, through a mask; null for none. */
    static Snapshot view(@Nullable Mask mask, Snapshot stored) {
        return mask == null ? stored : mask.view(stored);
    }

    /** The error for a document that an index cannot hold, without the document. */
    static CommandException unkeyed(CommandException cause, String index) {
        return new CommandException(
                cause.code(),
                "index '" + index
                        + "' cannot hold the document; why is not told, since the branch masks the collection");
    }

    /** What is told of a document that fails validation: no value of it but its {@code _id}. */
    static Doc invalid(byte[] document) {
        DocBuilder info = new DocBuilder().startDocument("errInfo");
        Value id = Doc.of(document).get("_id");
        if (id != null) {
            info.append("failingDocumentId", id);
        }
        return info.append("reason", "the details are not told, since the branch masks the collection")
                .end()
                .buildDoc();
    }

    /** Refuses an index over what is hidden: it could not be used through the branch, and which documents it refuses, or expires, would tell. */
    static void checkIndex(CollectionSnapshot collection, IndexDefinition index, String namespace) {
        DocumentMask mask = collection.mask();
        if (mask != null && index.dependsOn(mask)) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "index '" + index.name() + "' of " + namespace
                            + " depends on fields that the branch masks, and could"
                            + " not be used through it; make or change it on a branch that is not masked");
        }
    }

    /** Refuses another validator for documents that are not to be seen: what it lets pass would tell. */
    static void checkValidator(CollectionSnapshot collection, boolean changed, String namespace) {
        if (changed && collection.mask() != null) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "the validator of " + namespace
                            + " cannot be changed on a branch that masks the collection, since it"
                            + " works on what is hidden; change it on a branch that is not masked and merge that");
        }
    }

    /** A value that an error shows of a field. */
    static Value shown(@Nullable DocumentMask mask, String path, Value value) {
        return mask != null && mask.touches(path) ? Value.of("***") : value;
    }
}

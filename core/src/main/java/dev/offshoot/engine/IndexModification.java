package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code collMod} changes of an index: everything but its keys, so that no entry moves.
 *
 * @param name null where the key pattern names it
 * @param expireAfterSeconds null, like the others, where it stays as it is
 */
record IndexModification(
        @Nullable String name,
        @Nullable Doc keyPattern,
        @Nullable Long expireAfterSeconds,
        @Nullable Boolean hidden,
        @Nullable Boolean prepareUnique,
        boolean unique,
        boolean dryRun) {
    private static final Set<String> FIELDS =
            Set.of("name", "keyPattern", "expireAfterSeconds", "hidden", "prepareUnique", "unique");

    static IndexModification parse(Doc index, boolean dryRun) {
        SubDocument asked = new SubDocument("collMod.index", index).only(FIELDS);
        Value name = given(index, "name");
        Value pattern = given(index, "keyPattern");
        Value expiry = given(index, "expireAfterSeconds");
        Value hidden = given(index, "hidden");
        Value prepared = given(index, "prepareUnique");
        boolean unique = asked.bool("unique");
        if (name != null && pattern != null) {
            throw invalid("Cannot specify both key pattern and name.");
        }
        if (name == null && pattern == null) {
            throw invalid("Must specify either index name or key pattern.");
        }
        if (expiry == null && hidden == null && given(index, "unique") == null && prepared == null) {
            throw invalid("no expireAfterSeconds, hidden, unique, or prepareUnique field");
        }
        if (given(index, "unique") != null && !unique) {
            throw new CommandException(ErrorCode.BAD_VALUE, "'Unique: false' option is not supported");
        }
        if (dryRun && !unique) {
            throw invalid("dry run mode is only valid when converting an index to unique");
        }
        return new IndexModification(
                name == null ? null : asked.typed("name", Bson.STRING, "string").asString(),
                pattern == null
                        ? null
                        : asked.typed("keyPattern", Bson.DOCUMENT, "object").asDoc(),
                Ttl.seconds(expiry, "collMod.index"),
                hidden == null ? null : asked.bool("hidden"),
                prepared == null ? null : asked.bool("prepareUnique"),
                unique,
                dryRun);
    }

    /** What a field says; null where it is missing or null. */
    private static @Nullable Value given(Doc index, String field) {
        Value value = index.get(field);
        return value == null || value.type() == Bson.NULL ? null : value;
    }

    /** The change of the index, if it is one, and what {@code collMod} says of it. */
    List<Change> apply(Invocation call, CollectionSnapshot collection, DocBuilder reply) {
        IndexSnapshot index = find(call, collection);
        if (expireAfterSeconds != null || unique || prepareUnique != null) {
            Masked.checkIndex(collection, index.definition(), call.namespace(collection.name()));
        }
        checkAllowed(index, collection);
        Doc before = index.spec();
        DocBuilder after = new DocBuilder(before.length() + 32);
        boolean isUnique = index.isUnique() || unique;
        for (Doc.Field field : before) {
            if (!Set.of("expireAfterSeconds", "hidden", "prepareUnique", "unique")
                    .contains(field.name())) {
                after.append(field.name(), field.value());
            }
        }
        if (isUnique && !index.isId()) {
            after.append("unique", true);
        }
        if (unique && !index.isUnique()) {
            checkConvertible(call, collection, index, reply);
        }
        appendFlag("hidden", hidden, before, after, reply);
        appendExpiry(before, after, reply);
        appendFlag(
                "prepareUnique",
                (isUnique && unique) ? Boolean.FALSE : prepareUnique,
                before,
                after,
                unique ? null : reply);
        Doc changed = after.buildDoc();
        return dryRun || changed.equals(before)
                ? List.of()
                : List.of(new Change.AlterIndex(collection.id(), index.id(), changed.toBytes()));
    }

    private IndexSnapshot find(Invocation call, CollectionSnapshot collection) {
        if (name != null) {
            IndexSnapshot index = collection.index(name);
            if (index == null) {
                throw notFound(call, collection, name);
            }
            return index;
        }
        Doc pattern = keyPattern == null ? Doc.EMPTY : keyPattern;
        List<IndexSnapshot> found = collection.indexes().stream()
                .filter(index -> IndexSpec.samePattern(index.pattern(), pattern))
                .toList();
        if (found.isEmpty()) {
            throw notFound(call, collection, ShellText.of(pattern));
        }
        if (found.size() > 1) {
            throw new CommandException(
                    ErrorCode.AMBIGUOUS_INDEX_KEY_PATTERN,
                    "index keyPattern " + ShellText.of(pattern) + " matches " + found.size()
                            + " indexes, must use index name. Conflicting indexes:"
                            + ShellText.of(found.get(0).spec()) + ", "
                            + ShellText.of(found.get(1).spec()));
        }
        return found.get(0);
    }

    private void checkAllowed(IndexSnapshot index, CollectionSnapshot collection) {
        if (index.isId() && hidden != null) {
            throw new CommandException(ErrorCode.BAD_VALUE, "can't hide _id index");
        }
        if (index.isId() && (unique || prepareUnique != null)) {
            throw invalid("the _id index is unique already");
        }
        if (expireAfterSeconds != null) {
            Ttl.checkIndex(index.pattern(), collection.definition().isCapped(), ErrorCode.INVALID_OPTIONS);
        }
    }

    private void appendExpiry(Doc before, DocBuilder after, DocBuilder reply) {
        Value was = before.get("expireAfterSeconds");
        if (expireAfterSeconds == null) {
            if (was != null) {
                after.append("expireAfterSeconds", was);
            }
            return;
        }
        CreateOptions.appendWhole(after, "expireAfterSeconds", expireAfterSeconds);
        if (was != null && was.isNumber()) {
            reply.append("expireAfterSeconds_old", was.toLong());
        }
        reply.append("expireAfterSeconds_new", (long) expireAfterSeconds);
    }

    /** A flag that stands in the specification only where it is set. */
    private static void appendFlag(
            String flag, @Nullable Boolean asked, Doc before, DocBuilder after, @Nullable DocBuilder reply) {
        Value value = before.get(flag);
        boolean was = value != null && value.isTruthy();
        boolean now = asked == null ? was : asked;
        if (now) {
            after.append(flag, true);
        }
        if (was != now && reply != null) {
            reply.append(flag + "_old", was).append(flag + "_new", now);
        }
    }

    /** Refuses to make an index unique that has a key twice, or that lets one in meanwhile. */
    private void checkConvertible(
            Invocation call, CollectionSnapshot collection, IndexSnapshot index, DocBuilder reply) {
        if (!dryRun && !index.refusesDuplicates()) {
            throw invalid("Cannot make index unique with 'prepareUnique=false'. Run collMod to set it first.");
        }
        List<List<Long>> duplicates = duplicates(call, index);
        DocBuilder violations = new DocBuilder().startArray("violations");
        for (List<Long> records : duplicates) {
            violations.addDocument().startArray("ids");
            records.forEach(record -> violations.add(id(collection, record)));
            violations.end().end();
        }
        if (!duplicates.isEmpty()) {
            throw new CommandException(
                    ErrorCode.CANNOT_CONVERT_INDEX_TO_UNIQUE,
                    "Cannot convert the index to unique. Please resolve conflicting documents before running collMod"
                            + " again.",
                    violations.end().buildDoc());
        }
        reply.append("unique_new", true);
    }

    private static Value id(CollectionSnapshot collection, long record) {
        byte[] document = collection.document(record);
        Value id = document == null ? null : Doc.of(document).get("_id");
        return id == null ? Value.NULL : id;
    }

    /** The records of each key that several of them have. */
    private static List<List<Long>> duplicates(Invocation call, IndexSnapshot index) {
        List<List<Long>> all = new ArrayList<>();
        List<Long> same = new ArrayList<>();
        byte[] last = {};
        Cursor<byte[]> entries = index.entries().ascending(null, null);
        while (entries.next()) {
            call.deadline().check();
            byte[] key = Arrays.copyOf(entries.key(), entries.key().length - RecordId.BYTES);
            if (!Arrays.equals(key, last)) {
                same = new ArrayList<>();
                last = key;
            }
            same.add(RecordId.of(entries.value()));
            if (same.size() == 2) {
                all.add(same);
            }
        }
        return all;
    }

    private static CommandException notFound(Invocation call, CollectionSnapshot collection, String what) {
        return new CommandException(
                ErrorCode.INDEX_NOT_FOUND,
                "cannot find index " + what + " for ns " + call.namespace(collection.name()));
    }

    private static CommandException invalid(String message) {
        return new CommandException(ErrorCode.INVALID_OPTIONS, message);
    }
}

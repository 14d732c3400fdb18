package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code collMod}: changes the options of a collection, of one of its indexes, or what a view reads. */
final class CollMod implements Command {
    private static final Set<String> OF_COLLECTIONS = Set.of(
            "index",
            "validator",
            "validationLevel",
            "validationAction",
            "cappedSize",
            "cappedMax",
            "changeStreamPreAndPostImages",
            "expireAfterSeconds",
            "timeseries");
    private static final Set<String> OF_VIEWS = Set.of("viewOn", "pipeline");
    private static final Set<String> OF_VALIDATION = Set.of("validator", "validationLevel", "validationAction");

    @Override
    public String name() {
        return "collMod";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("collmod");
    }

    @Override
    public String help() {
        return "changes options of a collection, an index or a view";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "index",
                "validator",
                "validationLevel",
                "validationAction",
                "cappedSize",
                "cappedMax",
                "changeStreamPreAndPostImages",
                "expireAfterSeconds",
                "timeseries",
                "viewOn",
                "pipeline",
                "dryRun");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Asked asked = parse(call);
        String name = call.checkWritable(call.collection());
        Target target = call.target();
        if (target == null) {
            throw noCollection(call, name);
        }
        target.writable();
        Modified modified = call.write(target, name, turn -> Modified.of(evaluate(call, turn.snapshot(), name, asked)));
        for (long index : modified.indexes) {
            call.engine()
                    .indexUses()
                    .reset(target.project().id(), target.branch().id(), index, System.currentTimeMillis());
        }
        reply.appendAll(modified.said);
    }

    /** What it answers, and the ids of the indexes that are not what they were. */
    private record Modified(Doc said, List<Long> indexes) {
        static Draft<Modified> of(Draft<Doc> draft) {
            List<Long> indexes = new ArrayList<>();
            for (Change change : draft.changes()) {
                if (change instanceof Change.AlterIndex altered) {
                    indexes.add(altered.index());
                }
            }
            return new Draft<>(new Modified(draft.result(), indexes), draft.changes(), draft.retries());
        }
    }

    /** What was asked for, as far as it can be checked without looking at the collection. */
    private record Asked(
            @Nullable Long cappedSize,
            @Nullable Long cappedMax,
            @Nullable IndexModification index) {}

    private static Asked parse(Invocation call) {
        call.document("validator");
        call.typed("pipeline", Bson.ARRAY, "array");
        call.optionalString("viewOn");
        CreateOptions.checkLevel(call, "collMod", "validationLevel", Set.of("off", "strict", "moderate"));
        CreateOptions.checkLevel(call, "collMod", "validationAction", Set.of("error", "warn"));
        Value index = call.typed("index", Bson.DOCUMENT, "object");
        if (index == null && call.bool("dryRun", false)) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "dryRun needs an index to be made unique");
        }
        return new Asked(
                CreateOptions.whole(call, "cappedSize", 1, CreateOptions.SIZE_MAX),
                CreateOptions.whole(call, "cappedMax", 0, CreateOptions.DOCUMENTS_MAX),
                index == null ? null : IndexModification.parse(index.asDoc(), call.bool("dryRun", false)));
    }

    private static Draft<Doc> evaluate(Invocation call, Snapshot state, String name, Asked asked) {
        CollectionSnapshot found = state.entry(name);
        if (found == null) {
            throw noCollection(call, name);
        }
        return found.isView() ? modifyView(call, state, found) : modifyCollection(call, found, asked);
    }

    private static Draft<Doc> modifyView(Invocation call, Snapshot state, CollectionSnapshot view) {
        refuse(call, OF_COLLECTIONS, "option not supported on a view: ");
        String viewOn = call.optionalString("viewOn");
        Value pipeline = call.typed("pipeline", Bson.ARRAY, "array");
        if (viewOn != null && viewOn.isEmpty()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "'viewOn' cannot be empty");
        }
        if (viewOn != null) {
            call.checkCollection(viewOn);
        }
        DocBuilder options = new DocBuilder();
        for (Doc.Field option : view.options()) {
            switch (option.name()) {
                case "viewOn" -> options.append("viewOn", viewOn == null ? option.value() : Value.of(viewOn));
                case "pipeline" -> options.append("pipeline", pipeline == null ? option.value() : pipeline);
                default -> options.append(option.name(), option.value());
            }
        }
        Doc changed = options.buildDoc();
        Views.check(call, state, view.name(), changed);
        return new Draft<>(Doc.EMPTY, alteration(view, changed), List.of());
    }

    private static Draft<Doc> modifyCollection(Invocation call, CollectionSnapshot collection, Asked asked) {
        refuse(call, OF_VIEWS, "option only supported on a view: ");
        refuseUnsupported(call);
        Masked.checkValidator(
                collection, OF_VALIDATION.stream().anyMatch(call::has), call.namespace(collection.name()));
        DocBuilder reply = new DocBuilder();
        List<Change> changes = new ArrayList<>(alteration(collection, options(call, collection, asked)));
        if (asked.index != null) {
            changes.addAll(asked.index.apply(call, collection, reply));
        }
        return new Draft<>(reply.buildDoc(), changes, List.of());
    }

    private static List<Change> alteration(CollectionSnapshot collection, Doc options) {
        return options.equals(collection.options())
                ? List.of()
                : List.of(new Change.AlterCollection(collection.id(), options.toBytes()));
    }

    /** All options as they will be, in the order that they are answered in, the uuid last. */
    private static Doc options(Invocation call, CollectionSnapshot collection, Asked asked) {
        Doc before = collection.options();
        DocBuilder after = new DocBuilder();
        appendCapped(collection.definition(), asked, after);
        for (Doc.Field option : before) {
            if (!Set.of("capped", "size", "max", CollectionOptions.UUID).contains(option.name())
                    && !OF_VALIDATION.contains(option.name())) {
                after.append(option.name(), option.value());
            }
        }
        appendValidation(call, before, after);
        Value uuid = before.get(CollectionOptions.UUID);
        return (uuid == null ? after : after.append(CollectionOptions.UUID, uuid)).buildDoc();
    }

    /** New bounds remove nothing: the next insert does. */
    private static void appendCapped(CollectionOptions before, Asked asked, DocBuilder after) {
        boolean changes = asked.cappedSize != null || asked.cappedMax != null;
        if (!before.isCapped()) {
            if (changes) {
                throw new CommandException(ErrorCode.INVALID_OPTIONS, "Collection must be capped.");
            }
            return;
        }
        long size = asked.cappedSize == null ? before.cappedBytes() : CreateOptions.roundedSize(asked.cappedSize);
        long max = asked.cappedMax == null ? before.cappedDocuments() : CreateOptions.documents(asked.cappedMax);
        CreateOptions.appendCapped(after, size, max);
    }

    /** Whoever touches one of the three gets level and action written out, as in MongoDB. */
    private static void appendValidation(Invocation call, Doc before, DocBuilder after) {
        boolean touched = OF_VALIDATION.stream().anyMatch(call::has);
        Value validator = call.has("validator") ? call.get("validator") : before.get("validator");
        if (validator != null && validator.isDocument() && !validator.asDoc().isEmpty()) {
            if (call.has("validator")) {
                CreateOptions.checkValidator(validator.asDoc(), Collation.SIMPLE);
            }
            after.append("validator", validator);
        }
        appendText(call, before, after, "validationLevel", touched ? "strict" : null);
        appendText(call, before, after, "validationAction", touched ? "error" : null);
    }

    private static void appendText(
            Invocation call, Doc before, DocBuilder after, String option, @Nullable String otherwise) {
        String asked = call.optionalString(option);
        Value was = before.get(option);
        if (asked != null) {
            after.append(option, asked);
        } else if (was != null) {
            after.append(option, was);
        } else if (otherwise != null) {
            after.append(option, otherwise);
        }
    }

    private static void refuse(Invocation call, Set<String> options, String message) {
        for (String field : call.fieldNames()) {
            Value value = call.get(field);
            if (options.contains(field) && value != null && value.type() != Bson.NULL) {
                throw new CommandException(ErrorCode.INVALID_OPTIONS, message + field);
            }
        }
    }

    private static void refuseUnsupported(Invocation call) {
        if (call.has("expireAfterSeconds") || call.has("timeseries")) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "option only supported on a time-series collection: "
                            + (call.has("timeseries") ? "timeseries" : "expireAfterSeconds"));
        }
        CreateOptions.refuseImages(call, "collMod");
    }

    private static CommandException noCollection(Invocation call, String name) {
        return new CommandException(ErrorCode.NAMESPACE_NOT_FOUND, "ns does not exist: " + call.namespace(name));
    }
}

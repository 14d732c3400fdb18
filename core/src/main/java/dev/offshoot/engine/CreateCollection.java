package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code create}: makes a collection. One that is there with the same options is fine, as in MongoDB since 7.0. */
final class CreateCollection implements Command {
    private static final String[] UNSUPPORTED = {
        "capped",
        "clusteredIndex",
        "collation",
        "encryptedFields",
        "expireAfterSeconds",
        "indexOptionDefaults",
        "max",
        "pipeline",
        "size",
        "storageEngine",
        "timeseries",
        "validationAction",
        "validationLevel",
        "validator",
        "viewOn"
    };

    /** Options that ask for nothing but a plain collection when they have this value. */
    private static final Set<String> SOMETIMES = Set.of("autoIndexId", "changeStreamPreAndPostImages", "idIndex");

    @Override
    public String name() {
        return "create";
    }

    @Override
    public String help() {
        return "makes a collection";
    }

    @Override
    public Set<String> fields() {
        Set<String> fields = new HashSet<>(SOMETIMES);
        fields.addAll(List.of(UNSUPPORTED));
        return fields;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.collection();
        checkOptions(call.body());
        Target target = call.writeTarget();
        Change create = new Change.CreateCollection(collection, NewCollection.options(Doc.EMPTY));
        target.project().<Boolean>write(target.branch(), call.origin(target, collection), turn -> {
            boolean exists = turn.snapshot().collection(collection) != null;
            return exists ? Draft.unchanged(false) : new Draft<>(true, List.of(create), List.of());
        });
    }

    private static void checkOptions(Doc command) {
        Unsupported.refuse(command, "create", UNSUPPORTED);
        for (String option : SOMETIMES) {
            Value value = command.get(option);
            if (value != null && !isPlain(option, value)) {
                throw new CommandException(
                        ErrorCode.NOT_IMPLEMENTED,
                        "option '" + option + "' of create is not supported by Offshoot yet, other than for a plain"
                                + " collection");
            }
        }
    }

    private static boolean isPlain(String option, Value value) {
        return switch (option) {
            case "autoIndexId" -> value.isTruthy();
            case "changeStreamPreAndPostImages" ->
                value.isDocument() && Value.FALSE.equals(value.asDoc().get("enabled"));
            default -> isPlainIdIndex(value);
        };
    }

    private static boolean isPlainIdIndex(Value value) {
        Value key = value.isDocument() ? value.asDoc().get("key") : null;
        return key != null
                && key.isDocument()
                && IndexSpec.isIdPattern(key.asDoc())
                && !value.asDoc().has("collation");
    }
}

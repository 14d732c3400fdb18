package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Validator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of {@code create}, checked and put into the order and the types that {@code listCollections} answers them in. */
final class CreateOptions {
    static final Set<String> FIELDS = Set.of(
            "autoIndexId",
            "capped",
            "changeStreamPreAndPostImages",
            "clusteredIndex",
            "collation",
            "encryptedFields",
            "expireAfterSeconds",
            "idIndex",
            "indexOptionDefaults",
            "max",
            "pipeline",
            "size",
            "storageEngine",
            "timeseries",
            "validationAction",
            "validationLevel",
            "validator",
            "viewOn");

    static final long SIZE_MAX = 1L << 50;
    static final long DOCUMENTS_MAX = Integer.MAX_VALUE;

    /** The largest whole number, up to its sign, that MongoDB's server answers as an int32 where either would do. */
    private static final long SMALL_MAX = 1L << 30;

    private CreateOptions() {}

    static Doc parse(Invocation call) {
        boolean capped = call.bool("capped", false);
        Long size = whole(call, "size", 1, SIZE_MAX);
        Long max = whole(call, "max", 0, DOCUMENTS_MAX);
        checkTypes(call);
        checkLevel(call, "create", "validationLevel", Set.of("off", "strict", "moderate"));
        checkLevel(call, "create", "validationAction", Set.of("error", "warn"));
        checkCombination(call, capped, size, max);
        refuseUnsupported(call);
        DocBuilder options = new DocBuilder();
        if (capped && size != null) {
            appendCapped(options, roundedSize(size), max == null ? 0 : documents(max));
        }
        Collation collation = call.has("collation")
                ? Collation.parse(call.document("collation"), "create.collation")
                : Collation.SIMPLE;
        Doc validator = call.document("validator");
        if (!validator.isEmpty()) {
            checkValidator(validator, collation);
            options.append("validator", validator);
        }
        appendGiven(call, options, "validationLevel");
        appendGiven(call, options, "validationAction");
        if (call.has("viewOn")) {
            options.append("viewOn", call.string("viewOn"));
            Value pipeline = call.typed("pipeline", Bson.ARRAY, "array");
            options.appendArray("pipeline", pipeline == null ? Doc.EMPTY : pipeline.asDoc());
        }
        if (!collation.isSimple()) {
            options.append("collation", collation.toDoc());
        }
        Value idIndex = call.typed("idIndex", Bson.DOCUMENT, "object");
        if (idIndex != null) {
            checkIdIndex(idIndex.asDoc(), collation);
        }
        return options.buildDoc();
    }

    /** MongoDB rounds the size of a capped collection up to a multiple of 256. */
    static long roundedSize(long size) {
        return (size + 0xFF) & ~0xFFL;
    }

    /** No bound on the number of documents is as large a bound as there is. */
    static long documents(long max) {
        return max == 0 ? DOCUMENTS_MAX : max;
    }

    /** The options of a capped collection; {@code max} is 0 where nobody gave one. */
    static void appendCapped(DocBuilder options, long size, long max) {
        options.append("capped", true);
        appendWhole(options, "size", size);
        if (max != 0) {
            appendWhole(options, "max", max);
        }
    }

    static void appendWhole(DocBuilder options, String name, long value) {
        if (value < SMALL_MAX) {
            options.append(name, (int) value);
        } else {
            options.append(name, value);
        }
    }

    /** A whole number within bounds, or null. */
    static @Nullable Long whole(Invocation call, String field, long min, long max) {
        Value value = call.get(field);
        if (value == null || value.type() == Bson.NULL) {
            return null;
        }
        long number = call.number(field, 0);
        if (number < min || number > max) {
            throw new CommandException(
                    ErrorCode.location(51024),
                    "BSON field '" + field + "' value must be " + (number < min ? ">= " + min : "<= " + max)
                            + ", actual value '" + number + "'");
        }
        return number;
    }

    /** Refuses a value that is none of these. */
    static void checkLevel(Invocation call, String command, String field, Set<String> values) {
        String value = call.optionalString(field);
        if (value != null && !values.contains(value)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Enumeration value '" + value + "' for field '" + command + "." + field
                            + "' is not a valid value.");
        }
    }

    /** Refuses a validator that cannot be one. */
    static void checkValidator(Doc validator, Collation collation) {
        try {
            Validator.compile(validator, collation);
        } catch (CommandException e) {
            throw new CommandException(
                    e.code(), "Parsing of collection validator failed :: caused by :: " + e.message(), e.details());
        }
    }

    private static void checkTypes(Invocation call) {
        call.bool("autoIndexId", true);
        for (String field : new String[] {
            "changeStreamPreAndPostImages",
            "clusteredIndex",
            "collation",
            "encryptedFields",
            "idIndex",
            "indexOptionDefaults",
            "storageEngine",
            "timeseries",
            "validator"
        }) {
            call.document(field);
        }
        call.typed("pipeline", Bson.ARRAY, "array");
        String viewOn = call.optionalString("viewOn");
        if (viewOn != null && viewOn.isEmpty()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "'viewOn' cannot be empty");
        }
    }

    private static void checkCombination(Invocation call, boolean capped, @Nullable Long size, @Nullable Long max) {
        if (capped && size == null) {
            throw invalid("the 'size' field is required when 'capped' is true");
        }
        if (!capped && (size != null || max != null)) {
            throw invalid("the 'capped' field needs to be true when either the 'size' or 'max' fields are present");
        }
        if (call.has("pipeline") && !call.has("viewOn")) {
            throw invalid("'pipeline' requires 'viewOn' to also be specified");
        }
        if (call.has("expireAfterSeconds") && !call.has("timeseries") && !call.has("clusteredIndex")) {
            throw invalid("'expireAfterSeconds' is only supported on time-series collections or when the"
                    + " 'clusteredIndex' option is specified");
        }
        if (call.has("viewOn")) {
            checkView(call, capped);
        }
    }

    private static void checkView(Invocation call, boolean capped) {
        call.checkCollection(call.string("viewOn"));
        if (call.has("idIndex")) {
            throw invalid("'idIndex' is not allowed with 'viewOn': " + call.document("idIndex"));
        }
        for (String option : new String[] {"validator", "validationLevel", "validationAction", "storageEngine"}) {
            if (call.has(option)) {
                throw invalid("option not supported on a view: " + option);
            }
        }
        if (capped) {
            throw invalid("option not supported on a view: capped");
        }
    }

    /** What MongoDB has and Offshoot has not: refused where it would change what the collection is. */
    private static void refuseUnsupported(Invocation call) {
        Unsupported.refuse(call, "create", "indexOptionDefaults", "storageEngine");
        for (String option : new String[] {"clusteredIndex", "encryptedFields", "timeseries"}) {
            if (call.typed(option, Bson.DOCUMENT, "object") != null) {
                throw notSupported(option); // also an empty one is none that could be made
            }
        }
        if (call.has("autoIndexId") && !call.bool("autoIndexId", true)) {
            throw invalid("Cannot create a collection without an index on _id: autoIndexId must not be false");
        }
        refuseImages(call, "create");
    }

    /** Refuses images of documents for change streams, which are not there; that there be none is fine. */
    static void refuseImages(Invocation call, String command) {
        String option = "changeStreamPreAndPostImages";
        Value images = call.typed(option, Bson.DOCUMENT, "object");
        if (images == null) {
            return;
        }
        SubDocument fields = new SubDocument(command + "." + option, images.asDoc()).only(Set.of("enabled"));
        if (fields.typed("enabled", Bson.BOOLEAN, "type 'bool'").asBoolean()) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "option '" + option + "' of " + command + " is not supported by Offshoot yet");
        }
    }

    private static CommandException notSupported(String option) {
        return new CommandException(
                ErrorCode.NOT_IMPLEMENTED, "option '" + option + "' of create is not supported by Offshoot yet");
    }

    /** The index on _id has one key, and the collation of its collection; its name is always the same. */
    private static void checkIdIndex(Doc idIndex, Collation collation) {
        IndexSpec spec = IndexSpec.parse(idIndex);
        if (!spec.isId()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "the 'key' of 'idIndex' has to be {_id: 1}, not " + spec.pattern());
        }
        Value given = idIndex.get("collation");
        if (given == null) {
            return;
        }
        if (!given.isDocument()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "The field 'collation' must be an object, but got " + Bson.typeName(given.type()));
        }
        if (!Collation.parse(given.asDoc(), "collation").equals(collation)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "'idIndex' must have the same collation as the collection.");
        }
    }

    private static void appendGiven(Invocation call, DocBuilder options, String option) {
        Value value = call.get(option);
        if (value != null && value.type() != Bson.NULL) {
            options.append(option, value);
        }
    }

    private static CommandException invalid(String message) {
        return new CommandException(ErrorCode.INVALID_OPTIONS, message);
    }
}

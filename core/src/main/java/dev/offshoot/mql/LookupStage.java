package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code $lookup}: adds to each document those of another collection that belong to it.
 *
 * @param from null where the pipeline brings its own documents
 * @param as the path of the array that gets them
 * @param local the path in the document whose values are compared with those at {@code foreign}; both null for none
 * @param let the variables that the pipeline sees
 * @param pipeline null for none
 * @param collation how strings compare
 * @param unwind the {@code $unwind} of the array that comes behind, or null
 */
record LookupStage(
        @Nullable String from,
        DottedPath as,
        @Nullable DottedPath local,
        @Nullable DottedPath foreign,
        Map<String, Expression> let,
        @Nullable SubPipeline pipeline,
        Collation collation,
        @Nullable UnwindStage unwind)
        implements Stage {
    private static final Set<String> STRINGS = Set.of("as", "localField", "foreignField");

    static LookupStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(
                    "the $lookup stage specification must be an object, but found " + Bson.typeName(argument.type()));
        }
        Doc options = argument.asDoc();
        Doc stages = StageOptions.pipeline(options.get("pipeline"));
        options.forEach(LookupStage::check);
        String from = from(options.get("from"), stages);
        String as = string(options, "as");
        if (as.isEmpty()) {
            throw error("must specify 'as' field for a $lookup");
        }
        String local = string(options, "localField");
        String foreign = string(options, "foreignField");
        checkForm(options, stages, local, foreign);
        Map<String, Expression> let = let(options.get("let"), compile);
        return new LookupStage(
                from,
                DottedPath.parse(as),
                local.isEmpty() ? null : DottedPath.parse(local),
                foreign.isEmpty() ? null : DottedPath.parse(foreign),
                let,
                stages == null ? null : SubPipeline.compile(stages, compile.inside(), let.keySet()),
                compile.collation(),
                null);
    }

    private static void check(Doc.Field option) {
        Value value = option.value();
        switch (option.name()) {
            case "pipeline" -> {}
            case "let" -> {
                if (!value.isDocument()) {
                    throw error("$lookup argument '" + ShellText.field("let", value) + "' must be an object, is type "
                            + Bson.typeName(value.type()));
                }
            }
            case "from" -> {
                if (!value.isString() && !value.isDocument()) {
                    throw error("$lookup 'from' field must be a string, but found " + Bson.typeName(value.type()));
                }
            }
            default -> {
                if (!value.isString()) {
                    throw error("$lookup argument '" + option.name() + "' must be a string, found "
                            + ShellText.field(option.name(), value) + ": " + Bson.typeName(value.type()));
                }
                if (!STRINGS.contains(option.name())) {
                    throw error("unknown argument to $lookup: " + option.name());
                }
            }
        }
    }

    private static @Nullable String from(@Nullable Value from, @Nullable Doc stages) {
        if (from == null) {
            if (stages == null) {
                throw error("must specify 'pipeline' when 'from' is empty");
            }
            if (!StageOptions.beginsWithDocuments(stages)) {
                throw error("$lookup stage without explicit collection must have a pipeline with $documents as first"
                        + " stage");
            }
            return null;
        }
        if (from.isDocument()) {
            Value db = from.asDoc().get("db");
            Value collection = from.asDoc().get("coll");
            throw error("$lookup with syntax {from: {db:<>, coll:<>},..} is not supported for db: "
                    + (db != null && db.isString() ? db.asString() : "") + " and coll: "
                    + (collection != null && collection.isString() ? collection.asString() : ""));
        }
        return StageOptions.collection("$lookup", from.asString());
    }

    private static String string(Doc options, String name) {
        Value value = options.get(name);
        return value == null ? "" : value.asString();
    }

    private static void checkForm(Doc options, @Nullable Doc stages, String local, String foreign) {
        if (stages == null && (local.isEmpty() || foreign.isEmpty())) {
            throw error("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
        }
        if (stages == null && options.has("let")) {
            throw error("$lookup with a 'let' argument must also specify 'pipeline'");
        }
        if (local.isEmpty() != foreign.isEmpty()) {
            throw error("$lookup requires both or neither of 'localField' and 'foreignField' to be specified");
        }
    }

    private static Map<String, Expression> let(@Nullable Value spec, CompileContext compile) {
        Map<String, Expression> let = new LinkedHashMap<>();
        if (spec != null) {
            for (Doc.Field variable : spec.asDoc()) {
                ExpressionParser.checkVariable(variable.name());
                let.put(variable.name(), Expression.compile(variable.value(), compile));
            }
        }
        return let;
    }

    private static CommandException error(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    /** Whether an unwinding behind it is one of its own result, and it has none yet. */
    boolean canUnwind(UnwindStage next) {
        return unwind == null && next.path().equals(as.parts());
    }

    LookupStage with(UnwindStage next) {
        return new LookupStage(from, as, local, foreign, let, pipeline, collation, next);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            Lookup lookup = new Lookup(this, context);
            return unwind == null
                    ? Iterators.mapped(input, lookup::withMatches)
                    : Iterators.expanded(input, doc -> lookup.unwound(doc, unwind));
        });
    }

    @Override
    public Place place() {
        return pipeline == null ? Place.ANYWHERE : pipeline.placeOutside();
    }
}

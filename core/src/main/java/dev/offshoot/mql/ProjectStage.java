package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;

/** {@code $project}, and {@code $unset} as a projection that drops fields. */
record ProjectStage(Projection projection) implements Stage {
    static ProjectStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(15969, "$project specification must be an object");
        }
        if (argument.asDoc().isEmpty()) {
            throw error(
                    51272, "Invalid $project :: caused by :: projection specification must have at least one field");
        }
        try {
            return new ProjectStage(Projection.compileStage(argument.asDoc(), compile));
        } catch (CommandException e) {
            throw e.within("Invalid $project");
        }
    }

    static ProjectStage parseUnset(String name, Value argument, CompileContext compile) {
        if (!argument.isString() && !argument.isArray()) {
            throw error(31002, "$unset specification must be a string or an array");
        }
        List<Value> fields = argument.isString() ? List.of(argument) : BsonArrays.elements(argument);
        if (fields.isEmpty()) {
            throw error(31119, "$unset specification must be a string or an array with at least one field");
        }
        DocBuilder exclusion = new DocBuilder();
        for (Value field : fields) {
            if (field.type() != Bson.STRING) {
                throw error(31120, "$unset specification must be a string or an array containing only string values");
            }
            if (field.asString().indexOf('\0') >= 0) {
                throw error(9527900, "$unset specification must not contain a field with an embedded null byte");
            }
            exclusion.append(field.asString(), false);
        }
        return new ProjectStage(Projection.compileStage(exclusion.buildDoc(), compile));
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.mapped(input, doc -> projection.apply(doc, context));
    }

    @Override
    public boolean isAllowedInUpdate() {
        return true;
    }
}

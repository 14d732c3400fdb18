package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $unwind}: one document for each element of an array.
 *
 * @param index the path that gets the element's index, or null
 * @param preserving whether a document without elements stays
 */
record UnwindStage(List<String> path, @Nullable List<String> index, boolean preserving) implements Stage {
    static UnwindStage parse(String name, Value argument, CompileContext compile) {
        if (argument.isString()) {
            return new UnwindStage(path(argument), null, false);
        }
        if (!argument.isDocument()) {
            throw error(
                    15981,
                    "expected either a string or an object as specification for $unwind stage, got "
                            + Bson.typeName(argument.type()));
        }
        List<String> path = null;
        List<String> index = null;
        boolean preserving = false;
        for (Doc.Field field : argument.asDoc()) {
            switch (field.name()) {
                case "path" -> path = path(field.value());
                case "includeArrayIndex" -> index = index(field.value());
                case "preserveNullAndEmptyArrays" -> preserving = flag(field.value());
                default -> throw error(28811, "unrecognized option to $unwind stage: " + field.name());
            }
        }
        if (path == null) {
            throw error(28812, "no path specified to $unwind stage");
        }
        return new UnwindStage(path, index, preserving);
    }

    private static List<String> path(Value value) {
        if (!value.isString()) {
            throw error(28808, "expected a string as the path for $unwind stage, got " + Bson.typeName(value.type()));
        }
        if (value.asString().isEmpty()) {
            throw error(28812, "no path specified to $unwind stage");
        }
        if (!value.asString().startsWith("$")) {
            throw error(28818, "path option to $unwind stage should be prefixed with a '$': " + value.asString());
        }
        return DottedPath.parse(value.asString().substring(1)).parts();
    }

    private static List<String> index(Value value) {
        if (!value.isString() || value.asString().isEmpty()) {
            throw error(
                    28810,
                    "expected a non-empty string for the includeArrayIndex  option to $unwind stage, got "
                            + Bson.typeName(value.type()));
        }
        if (value.asString().startsWith("$")) {
            throw error(
                    28822,
                    "includeArrayIndex option to $unwind stage should not be prefixed with a '$': " + value.asString());
        }
        return DottedPath.parse(value.asString()).parts();
    }

    private static boolean flag(Value value) {
        if (value.type() != Bson.BOOLEAN) {
            throw error(
                    28809,
                    "expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got "
                            + Bson.typeName(value.type()));
        }
        return value.asBoolean();
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.expanded(input, this::unwind);
    }

    Iterator<Doc> unwind(Doc doc) {
        Value value = FieldEdit.get(doc, path);
        if (value != null && value.isArray() && !value.asDoc().isEmpty()) {
            return elements(doc, value.asDoc());
        }
        boolean empty = value == null || value.isArray() || value.type() == Bson.NULL || value.type() == Bson.UNDEFINED;
        if (empty && !preserving) {
            return Collections.emptyIterator();
        }
        Doc result = value != null && value.isArray() ? FieldEdit.set(doc, path, null) : doc;
        return List.of(withIndex(result, Value.NULL)).iterator();
    }

    private Iterator<Doc> elements(Doc doc, Doc array) {
        Doc.Fields f = array.fields();
        return new Iterators.Ahead() {
            private long next;

            @Override
            @Nullable
            Doc find() {
                return f.next() ? withIndex(FieldEdit.set(doc, path, f.value()), Value.of(next++)) : null;
            }
        };
    }

    Doc withIndex(Doc doc, Value value) {
        return index == null ? doc : FieldEdit.set(doc, index, value);
    }
}

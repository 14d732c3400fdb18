package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** {@code $addFields} and {@code $set}: computed fields, existing ones in place and new ones at the end. */
record AddFieldsStage(ProjectionNode fields) implements Stage {
    static AddFieldsStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(40272, name + " specification stage must be an object, got " + Bson.typeName(argument.type()));
        }
        try {
            if (argument.asDoc().isEmpty()) {
                throw error(40177, "specification must have at least one field");
            }
            ProjectionNode root = ProjectionNode.root();
            for (Doc.Field field : argument.asDoc()) {
                add(root, DottedPath.parse(field.name()).parts(), field.value(), compile);
            }
            return new AddFieldsStage(root);
        } catch (CommandException e) {
            throw e.within("Invalid " + name);
        }
    }

    private static void add(ProjectionNode root, List<String> path, Value value, CompileContext compile) {
        if (!value.isDocument() || startsWithOperator(value.asDoc())) {
            root.addComputed(path, Expression.compile(value, compile));
            return;
        }
        if (value.asDoc().isEmpty()) {
            throw error(
                    40180,
                    "an empty object is not a valid value. Found empty object at path " + String.join(".", path));
        }
        for (Doc.Field field : value.asDoc()) {
            if (field.name().indexOf('.') >= 0) {
                throw error(
                        40183,
                        "cannot use dotted field name '" + field.name() + "' in a sub object: " + ShellText.of(value));
            }
            DottedPath.checkName(field.name());
            List<String> below = new ArrayList<>(path);
            below.add(field.name());
            add(root, below, field.value(), compile);
        }
    }

    private static boolean startsWithOperator(Doc value) {
        return !value.isEmpty() && value.first().name().startsWith("$");
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.mapped(input, doc -> fields.compute(doc, Scope.of(doc, context)));
    }

    @Override
    public boolean isAllowedInUpdate() {
        return true;
    }
}

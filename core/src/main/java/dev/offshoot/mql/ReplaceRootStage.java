package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;

/** {@code $replaceRoot} and {@code $replaceWith}. */
record ReplaceRootStage(Expression replacement, String what) implements Stage {
    static ReplaceRootStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(
                    40229,
                    "expected an object as specification for $replaceRoot stage, got "
                            + Bson.typeName(argument.type()));
        }
        Value root = null;
        for (Doc.Field field : argument.asDoc()) {
            if (!field.name().equals("newRoot")) {
                throw error(
                        40230,
                        "unrecognized option to $replaceRoot stage: " + field.name()
                                + ", only valid option is 'newRoot'.");
            }
            root = field.value();
        }
        if (root == null) {
            throw error(40231, "no newRoot specified for the $replaceRoot stage");
        }
        return new ReplaceRootStage(Expression.compile(root, compile), "'newRoot' expression ");
    }

    static ReplaceRootStage parseWith(String name, Value argument, CompileContext compile) {
        return new ReplaceRootStage(Expression.compile(argument, compile), "'replacement document' ");
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.mapped(input, doc -> replace(doc, context));
    }

    private Doc replace(Doc doc, PipelineContext context) {
        Value value = replacement.evaluate(doc, context);
        if (value == null || !value.isDocument()) {
            throw error(
                    40228,
                    what + "must evaluate to an object, but resulting value was: "
                            + (value == null ? "MISSING" : ShellText.of(value)) + ". Type of resulting value: '"
                            + (value == null ? "missing" : Bson.typeName(value.type())) + "'. Input document: "
                            + ShellText.of(doc));
        }
        return value.asDoc();
    }

    @Override
    public boolean isAllowedInUpdate() {
        return true;
    }
}

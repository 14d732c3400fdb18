package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** {@code $group}: one document for each different {@code _id}, in the order in which they first came unless it has to spill. */
record GroupStage(Expression id, List<Accumulation.Output> outputs, Collation collation) implements Stage {
    /** What an entry of a map or list costs beside its bytes, roughly. */
    static final long ENTRY_BYTES = 64;

    static GroupStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw Operands.error(15947, "a group's fields must be specified in an object");
        }
        ExpressionParser parser = new ExpressionParser(compile);
        Expression id = null;
        List<Accumulation.Output> outputs = new ArrayList<>();
        for (Doc.Field field : argument.asDoc()) {
            if (!field.name().equals("_id")) {
                outputs.add(Accumulation.Output.parse(field, parser));
            } else if (id != null) {
                throw Operands.error(15948, "a group's _id may only be specified once");
            } else {
                checkId(field.value());
                id = parser.parse(field.value());
            }
        }
        if (id == null) {
            throw Operands.error(15955, "a group specification must include an _id");
        }
        return new GroupStage(id, List.copyOf(outputs), compile.collation());
    }

    /** Refuses an {@code _id} that looks like a projection: numbers and booleans stand there for fields to keep. */
    private static void checkId(Value id) {
        if (!id.isDocument()
                || id.asDoc().isEmpty()
                || id.asDoc().first().name().startsWith("$")) {
            return;
        }
        for (Doc.Field part : id.asDoc()) {
            if (part.value().isNumber() || part.value().type() == Bson.BOOLEAN) {
                throw Operands.error(
                        17390,
                        "$group does not support inclusion-style expressions: '" + part.name()
                                + "' of its _id must be an expression, use $literal for a constant");
            }
        }
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            Groups groups = new Groups(outputs, collation, context);
            Groups.ScopeRow row = new Groups.ScopeRow(this);
            while (input.hasNext()) {
                groups.add(row.at(Scope.of(input.next(), context)));
            }
            return groups.results();
        });
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code $group}: one document for each different {@code _id}, in the order in which they first came. */
record GroupStage(Expression id, List<Output> outputs) implements Stage {
    /** What an entry of a map or list costs beside its bytes, roughly. */
    static final long ENTRY_BYTES = 64;

    /** One accumulated field. */
    record Output(String name, Expression argument, Supplier<Accumulator> accumulator) {}

    static GroupStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(15947, "a group's fields must be specified in an object");
        }
        Expression id = null;
        List<Output> outputs = new ArrayList<>();
        for (Doc.Field field : argument.asDoc()) {
            if (!field.name().equals("_id")) {
                outputs.add(output(field, compile));
            } else if (id != null) {
                throw error(15948, "a group's _id may only be specified once");
            } else {
                id = Expression.compile(field.value(), compile);
            }
        }
        if (id == null) {
            throw error(15955, "a group specification must include an _id");
        }
        return new GroupStage(id, List.copyOf(outputs));
    }

    private static Output output(Doc.Field field, CompileContext compile) {
        String name = field.name();
        if (name.indexOf('.') >= 0) {
            throw error(40235, "The field name '" + name + "' cannot contain '.'");
        }
        if (name.startsWith("$")) {
            throw error(40236, "The field name '" + name + "' cannot be an operator name");
        }
        if (!field.value().isDocument() || field.value().asDoc().isEmpty()) {
            throw error(40234, "The field '" + name + "' must be an accumulator object");
        }
        Doc spec = field.value().asDoc();
        Doc.Field operator = spec.first();
        if (!operator.name().startsWith("$")) {
            throw error(40234, "The field '" + name + "' must be an accumulator object");
        }
        if (spec.count() != 1) {
            throw error(40238, "The field '" + name + "' must specify one accumulator");
        }
        return new Output(name, argument(operator, compile), Accumulators.named(operator.name()));
    }

    private static Expression argument(Doc.Field operator, CompileContext compile) {
        if (operator.name().equals("$count")) {
            if (!operator.value().isDocument() || !operator.value().asDoc().isEmpty()) {
                throw new CommandException(ErrorCode.TYPE_MISMATCH, "$count takes no arguments, i.e. $count:{}");
            }
            return Expression.compile(Value.NULL, compile);
        }
        if (operator.value().isArray()) {
            List<Value> operands = BsonArrays.elements(operator.value());
            if (operands.size() != 1) {
                throw error(40237, "The " + operator.name() + " accumulator is a unary operator");
            }
            return Expression.compile(operands.get(0), compile);
        }
        return Expression.compile(operator.value(), compile);
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            Map<GroupKey, List<Accumulator>> groups = gather(input, context);
            Iterator<Map.Entry<GroupKey, List<Accumulator>>> entries =
                    groups.entrySet().iterator();
            return new Iterators.Ahead() {
                @Override
                @Nullable
                Doc find() {
                    return entries.hasNext() ? result(entries.next()) : null;
                }
            };
        });
    }

    private Map<GroupKey, List<Accumulator>> gather(Iterator<Doc> input, PipelineContext context) {
        Map<GroupKey, List<Accumulator>> groups = new LinkedHashMap<>();
        long bytes = 0;
        while (input.hasNext()) {
            Scope scope = Scope.of(input.next(), context);
            Value value = id.evaluate(scope);
            GroupKey key = new GroupKey(value == null ? Value.NULL : value);
            List<Accumulator> group = groups.get(key);
            if (group == null) {
                group = outputs.stream().map(output -> output.accumulator.get()).toList();
                groups.put(new GroupKey(owned(key.value())), group);
                bytes += key.value().length() + ENTRY_BYTES * (1 + group.size());
            }
            bytes += add(group, scope);
            check(bytes, context.memoryBytesMax());
        }
        return groups;
    }

    /** How many bytes more the group holds now. */
    private long add(List<Accumulator> group, Scope scope) {
        long more = 0;
        for (int i = 0; i < group.size(); i++) {
            Accumulator accumulator = group.get(i);
            long before = accumulator.heldBytes();
            accumulator.add(outputs.get(i).argument.evaluate(scope));
            more += accumulator.heldBytes() - before;
        }
        return more;
    }

    private static void check(long bytes, long bytesMax) {
        if (bytes > bytesMax) {
            throw new CommandException(
                    ErrorCode.QUERY_EXCEEDED_MEMORY,
                    "Exceeded memory limit for $group, but didn't allow external sort."
                            + " Pass allowDiskUse:true to opt in.");
        }
    }

    /** A copy, so that a key does not keep its whole document alive. */
    private static Value owned(Value value) {
        return new DocBuilder(value.length() + 8)
                .append("", value)
                .buildDoc()
                .first()
                .value();
    }

    private Doc result(Map.Entry<GroupKey, List<Accumulator>> group) {
        DocBuilder out = new DocBuilder().append("_id", group.getKey().value());
        for (int i = 0; i < outputs.size(); i++) {
            out.append(outputs.get(i).name, group.getValue().get(i).result());
        }
        return out.buildDoc();
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles one projection. Serves once. */
final class ProjectionParser {
    private final boolean find;
    private final CompileContext context;
    private final ProjectionNode root = ProjectionNode.root();
    private final Map<String, Filter> elemMatches = new LinkedHashMap<>();
    private @Nullable Boolean including;
    private boolean idSpecified;
    private boolean idIncluded;
    private boolean idExcluded;
    private boolean slices;

    /** For a {@code find}, or else for a {@code $project} stage. */
    ProjectionParser(boolean find, CompileContext context) {
        this.find = find;
        this.context = context;
    }

    Projection parse(Doc spec) {
        for (Doc.Field field : spec) {
            idSpecified |= field.name().equals("_id") || field.name().startsWith("_id.");
            element(field, List.of());
        }
        boolean inclusion = including != null ? including : defaultsToInclusion();
        if (inclusion && !idSpecified) {
            root.add(List.of("_id"), ProjectionNode.Keep.INCLUDE);
        }
        if (!inclusion && idIncluded) {
            root.remove("_id");
        }
        boolean keepsAll = !inclusion && root.isEmpty();
        return new Projection(root, inclusion, keepsAll, elemMatches);
    }

    /** What a projection means that names neither a field to keep nor one to drop, but perhaps {@code _id}. */
    private boolean defaultsToInclusion() {
        if (slices) {
            return idIncluded;
        }
        return !elemMatches.isEmpty() || (idIncluded && !idExcluded);
    }

    private void element(Doc.Field field, List<String> parents) {
        String name = field.name();
        Value value = field.value();
        refusePositional(name);
        if (value.isDocument()) {
            subDocument(name, value.asDoc(), parents);
        } else if (value.isNumber() || value.type() == Bson.BOOLEAN) {
            keep(name, value.isTruthy(), parents);
        } else {
            literal(name, value, parents);
        }
    }

    private void refusePositional(String name) {
        if (!name.contains(".$.") && !name.endsWith(".$") && !name.equals("$")) {
            return;
        }
        if (!find) {
            throw error(31324, "Cannot use positional projection in aggregation projection");
        }
        if (name.endsWith(".$.")) {
            throw error(31270, "Path cannot end with '.$.'");
        }
        throw new CommandException(
                ErrorCode.NOT_IMPLEMENTED, "the positional projection '" + name + "' is not supported yet");
    }

    private void keep(String name, boolean wanted, List<String> parents) {
        boolean id = parents.isEmpty() && name.equals("_id");
        if (!id && including != null && including != wanted) {
            throw wanted
                    ? error(31253, "Cannot do inclusion on field " + name + " in exclusion projection")
                    : error(31254, "Cannot do exclusion on field " + name + " in inclusion projection");
        }
        add(name, parents, wanted ? ProjectionNode.Keep.INCLUDE : ProjectionNode.Keep.EXCLUDE);
        if (id) {
            idIncluded |= wanted;
            idExcluded |= !wanted;
        } else {
            including = wanted;
        }
    }

    private void literal(String name, Value value, List<String> parents) {
        add(name, parents, new ProjectionNode.Compute(Expression.compile(value, context)));
        if (including != null && !including) {
            throw error(
                    31310, "Cannot use an expression " + ShellText.field(name, value) + " in an exclusion projection");
        }
        including = true;
    }

    private void subDocument(String name, Doc value, List<String> parents) {
        if (value.isEmpty()) {
            throw error(51270, "An empty sub-projection is not a valid value. Found empty object at path");
        }
        Doc.Field first = value.first();
        if (first.name().startsWith("$") && value.count() == 1) {
            operator(name, first, value, parents);
            return;
        }
        List<String> path = path(name, parents);
        for (Doc.Field field : value) {
            element(field, path);
        }
    }

    private void operator(String name, Doc.Field operator, Doc spec, List<String> parents) {
        if (operator.name().equals("$meta")) {
            throw new CommandException(ErrorCode.NOT_IMPLEMENTED, "projecting $meta is not supported yet");
        }
        if (find && operator.name().equals("$slice") && isFindSlice(operator.value())) {
            add(name, parents, slice(operator.value()));
            slices = true;
            return;
        }
        if (operator.name().equals("$elemMatch")) {
            elemMatch(name, operator.value(), spec, parents);
            return;
        }
        if (Operators.named(operator.name()) == null) {
            throw error(31325, "Unknown expression " + operator.name());
        }
        if (including != null && !including) {
            throw error(31252, "Cannot use expression other than $meta in exclusion projection");
        }
        add(name, parents, new ProjectionNode.Compute(Expression.compile(Value.document(spec), context)));
        including = true;
    }

    private void elemMatch(String name, Value condition, Doc spec, List<String> parents) {
        if (!find) {
            throw new CommandException(ErrorCode.INVALID_PIPELINE_OPERATOR, "Cannot use $elemMatch in this context");
        }
        if (!condition.isDocument()) {
            throw error(
                    31274, "elemMatch: Invalid argument, object required, but got " + Bson.typeName(condition.type()));
        }
        if (!parents.isEmpty() || name.indexOf('.') >= 0) {
            throw error(31275, "Cannot use $elemMatch projection on a nested field.");
        }
        add(name, parents, ProjectionNode.Keep.EXCLUDE);
        elemMatches.put(name, Filter.compile(new DocBuilder().append(name, spec).buildDoc()));
    }

    private static boolean isFindSlice(Value argument) {
        if (argument.isNumber()) {
            return true;
        }
        if (!argument.isArray()) {
            throw error(31273, "$slice only supports numbers and [skip, limit] arrays");
        }
        List<Value> elements = BsonArrays.elements(argument);
        return elements.size() == 2
                && elements.get(0).isNumber()
                && elements.get(1).isNumber();
    }

    private static ProjectionNode.Slice slice(Value argument) {
        if (argument.isNumber()) {
            int limit = clamped(argument);
            return limit < 0
                    ? new ProjectionNode.Slice(Math.max(limit, -Integer.MAX_VALUE), Integer.MAX_VALUE)
                    : new ProjectionNode.Slice(0, limit);
        }
        List<Value> elements = BsonArrays.elements(argument);
        int limit = clamped(elements.get(1));
        if (limit <= 0) {
            throw error(31259, "$slice limit must be positive, got " + limit);
        }
        return new ProjectionNode.Slice(clamped(elements.get(0)), limit);
    }

    private static int clamped(Value number) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number.toLong()));
    }

    private void add(String name, List<String> parents, ProjectionNode.Action action) {
        root.add(path(name, parents), action);
    }

    private static List<String> path(String name, List<String> parents) {
        List<String> path = new ArrayList<>(parents);
        path.addAll(DottedPath.parse(name).parts());
        return path;
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }
}

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
    private boolean metas;
    private @Nullable List<String> positional;

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
        if (!inclusion) {
            elemMatches.keySet().forEach(root::remove);
        }
        boolean keepsAll = !inclusion && root.isEmpty();
        return new Projection(root, inclusion, keepsAll, elemMatches, positional, spec);
    }

    /** What a projection means that names neither a field to keep nor one to drop, but perhaps {@code _id}. */
    private boolean defaultsToInclusion() {
        if (slices) {
            return idIncluded;
        }
        if (!elemMatches.isEmpty() || (metas && !find)) {
            return true;
        }
        return idIncluded && !idExcluded;
    }

    private void element(Doc.Field field, List<String> parents) {
        String name = field.name();
        Value value = field.value();
        boolean matched = isPositional(name);
        if (value.isDocument()) {
            refuse(matched, 31271, "positional projection cannot be used with an expression or sub object");
            subDocument(name, value.asDoc(), parents);
        } else if (value.isNumber() || value.type() == Bson.BOOLEAN) {
            refuse(matched && !value.isTruthy(), 31395, "positional projection cannot be used with exclusion");
            keep(matched ? matchedPath(name, parents) : name, value.isTruthy(), parents);
        } else {
            refuse(matched, 31308, "positional projection cannot be used with a literal");
            literal(name, value, parents);
        }
    }

    private static void refuse(boolean wrong, int number, String message) {
        if (wrong) {
            throw error(number, message);
        }
    }

    /** Whether a name ends in the positional operator. */
    private boolean isPositional(String name) {
        refuse(name.endsWith(".$") && !find, 31324, "Cannot use positional projection in aggregation projection");
        refuse(
                name.contains(".$."),
                31394,
                "As of 4.4, it's illegal to specify positional operator in the middle of a path."
                        + "Positional projection may only be used at the end, for example: a.b.$. If the query"
                        + " previously used a form like a.b.$.d, remove the parts following the '$' and the"
                        + " results will be equivalent.");
        return name.endsWith(".$");
    }

    /** Takes note of the array of which only the matching element stays; its path. */
    private String matchedPath(String name, List<String> parents) {
        refuse(positional != null, 31276, "Cannot specify more than one positional projection per query.");
        refuse(!elemMatches.isEmpty(), 31256, "Cannot specify positional operator and $elemMatch.");
        refuse(name.equals(".$"), 5392900, "Projection on field " + name + " is invalid");
        String array = name.substring(0, name.length() - 2);
        positional = path(array, parents);
        return array;
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
            add(name, parents, new ProjectionNode.Compute(MetaExpression.parse(operator.value())));
            metas = true;
            return;
        }
        if (find && operator.name().equals("$slice")) {
            findSlice(name, operator.value(), spec, parents);
            return;
        }
        if (operator.name().equals("$elemMatch")) {
            elemMatch(name, operator.value(), spec, parents);
            return;
        }
        expression(name, operator, spec, parents);
    }

    private void expression(String name, Doc.Field operator, Doc spec, List<String> parents) {
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
        refuse(positional != null, 31255, "Cannot specify positional operator and $elemMatch.");
        if (!parents.isEmpty() || name.indexOf('.') >= 0) {
            throw error(31275, "Cannot use $elemMatch projection on a nested field.");
        }
        add(name, parents, ProjectionNode.Keep.EXCLUDE);
        elemMatches.put(name, Filter.compile(new DocBuilder().append(name, spec).buildDoc(), context.collation()));
    }

    /** A {@code $slice} as {@code find} knows it, or else the expression of that name. */
    private void findSlice(String name, Value argument, Doc spec, List<String> parents) {
        ProjectionNode.Slice slice;
        try {
            slice = slice(argument);
        } catch (CommandException e) {
            try {
                expression(name, spec.first(), spec, parents);
                return;
            } catch (CommandException other) {
                throw new CommandException(
                        other.code(),
                        "Invalid $slice syntax. The given syntax " + ShellText.of(spec)
                                + " did not match the find() syntax because :: "
                                + e.code().name() + ": "
                                + e.message() + " :: The given syntax did not match the expression $slice syntax."
                                + " :: caused by :: " + other.message());
            }
        }
        add(name, parents, slice);
        slices = true;
    }

    private static ProjectionNode.Slice slice(Value argument) {
        if (argument.isNumber()) {
            int limit = clamped(argument);
            return limit < 0
                    ? new ProjectionNode.Slice(Math.max(limit, -Integer.MAX_VALUE), Integer.MAX_VALUE)
                    : new ProjectionNode.Slice(0, limit);
        }
        refuse(!argument.isArray(), 31273, "$slice only supports numbers and [skip, limit] arrays");
        List<Value> elements = BsonArrays.elements(argument);
        refuse(elements.size() != 2, 31272, "$slice array argument should be of form [skip, limit]");
        requireNumber("skip", 31257, elements.get(0));
        requireNumber("limit", 31258, elements.get(1));
        int limit = clamped(elements.get(1));
        refuse(limit <= 0, 31259, "$slice limit must be positive, got " + limit);
        return new ProjectionNode.Slice(clamped(elements.get(0)), limit);
    }

    private static void requireNumber(String what, int number, Value value) {
        refuse(
                !value.isNumber(),
                number,
                "$slice expects the " + what + " argument to be a number, got " + Bson.typeName(value.type()));
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

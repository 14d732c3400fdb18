package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** An update by operators, as {@code {$set: {a: 1}, $inc: {"b.c": 1}}}. */
final class OperatorUpdate implements Update {
    /** All update operators but {@code $rename}, which works on two paths. */
    private static final Map<String, Modifier.Parser> MODIFIERS = Map.ofEntries(
            Map.entry("$set", (path, argument, collation) -> new SetModifier(argument, false)),
            Map.entry("$setOnInsert", (path, argument, collation) -> new SetModifier(argument, true)),
            Map.entry("$unset", (path, argument, collation) -> UnsetModifier.INSTANCE),
            Map.entry("$inc", (path, argument, collation) -> ArithmeticModifier.inc(path, argument)),
            Map.entry("$mul", (path, argument, collation) -> ArithmeticModifier.mul(path, argument)),
            Map.entry("$min", (path, argument, collation) -> new ExtremeModifier(argument, -1, collation)),
            Map.entry("$max", (path, argument, collation) -> new ExtremeModifier(argument, 1, collation)),
            Map.entry("$currentDate", (path, argument, collation) -> CurrentDateModifier.parse(path, argument)),
            Map.entry("$bit", (path, argument, collation) -> BitModifier.parse(path, argument)),
            Map.entry("$push", PushModifier::parse),
            Map.entry("$addToSet", AddToSetModifier::parse),
            Map.entry("$pop", (path, argument, collation) -> PopModifier.parse(path, argument)),
            Map.entry("$pull", PullModifier::parse),
            Map.entry("$pullAll", PullModifier::parseAll));

    private final UpdateNode root;
    private final boolean positional;

    private OperatorUpdate(UpdateNode root, boolean positional) {
        this.root = root;
        this.positional = positional;
    }

    static OperatorUpdate compile(Doc spec, ArrayFilters filters, Collation collation) {
        Compilation compilation = new Compilation(filters, collation);
        for (Doc.Field operator : spec) {
            compilation.addOperator(operator);
        }
        filters.checkUsed(spec);
        compilation.root.sort();
        return new OperatorUpdate(compilation.root, compilation.positional);
    }

    /** What is being compiled. */
    private static final class Compilation {
        private final UpdateNode root = UpdateNode.root();
        private final ArrayFilters filters;
        private final Collation collation;
        private boolean positional;

        Compilation(ArrayFilters filters, Collation collation) {
            this.filters = filters;
            this.collation = collation;
        }

        private void addOperator(Doc.Field operator) {
            String name = operator.name();
            Modifier.Parser parser = MODIFIERS.get(name);
            if (parser == null && !name.equals("$rename")) {
                throw new CommandException(
                        ErrorCode.FAILED_TO_PARSE,
                        "Unknown modifier: " + name
                                + ". Expected a valid update modifier or pipeline-style update specified as an array");
            }
            Value argument = operator.value();
            if (!argument.isDocument()) {
                throw new CommandException(
                        ErrorCode.FAILED_TO_PARSE,
                        "Modifiers operate on fields but we found type " + Bson.typeName(argument.type())
                                + " instead. For example: {$mod: {<field>: ...}} not {"
                                + ShellText.field(name, argument)
                                + "}");
            }
            for (Doc.Field field : argument.asDoc()) {
                List<String> parts = UpdatePath.parse(field.name());
                if (parser == null) {
                    addRename(field);
                } else {
                    positional |= UpdatePath.checkPositional(field.name(), parts);
                    add(field.name(), parts, parser.parse(field.name(), field.value(), collation));
                }
            }
        }

        private void addRename(Doc.Field field) {
            RenameModifier target = RenameModifier.parse(field.name(), field.value());
            String to = field.value().asString();
            add(field.name(), UpdatePath.parse(field.name()), UnsetModifier.INSTANCE);
            add(to, UpdatePath.parse(to), target);
        }

        private void add(String path, List<String> parts, Modifier modifier) {
            String met = root.add(parts, UpdatePath.elements(path, parts, filters), modifier);
            if (met != null) {
                throw new CommandException(
                        ErrorCode.CONFLICTING_UPDATE_OPERATORS,
                        "Updating the path '" + path + "' would create a conflict at '" + met + "'");
            }
        }
    }

    @Override
    public boolean isPositional() {
        return positional;
    }

    @Override
    public Doc apply(Doc before, int position, UpdateContext context) {
        return checked(before, UpdateTree.apply(rootAt(position), before, context, false));
    }

    @Override
    public Doc upsert(List<Doc.Field> equalities, UpdateContext context) {
        Doc start = fromFilter(equalities, context);
        return ReplacementUpdate.idFirst(checked(start, UpdateTree.apply(rootAt(-1), start, context, true)));
    }

    /** Refuses names with a dollar that were set or made at the top. */
    private Doc checked(Doc before, Doc after) {
        for (UpdateNode child : root.children()) {
            if (child.name.startsWith("$")) {
                Value old = before.get(child.name);
                Value made = after.get(child.name);
                if (made != null && !made.equals(old) && (old == null || child.modifier() != null)) {
                    DollarNames.check(after, child.name);
                }
            }
        }
        return after;
    }

    private UpdateNode rootAt(int position) {
        if (!positional) {
            return root;
        }
        if (position < 0) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "The positional operator did not find the match needed from the query.");
        }
        return root.at(position);
    }

    /** The document of a filter's equalities, in the order of their paths. */
    static Doc fromFilter(List<Doc.Field> equalities, UpdateContext context) {
        UpdateNode fields = UpdateNode.root();
        List<Doc.Field> ordered = equalities.stream()
                .sorted(Comparator.comparing(Doc.Field::name))
                .toList();
        for (Doc.Field equality : ordered) {
            List<String> parts = UpdatePath.split(equality.name());
            String met = fields.add(
                    parts, Collections.nCopies(parts.size(), null), new SetModifier(equality.value(), false));
            if (met != null) {
                throw new CommandException(
                        ErrorCode.NOT_SINGLE_VALUE_FIELD,
                        "cannot infer query fields to set, "
                                + (met.equals(equality.name())
                                        ? "path '" + met + "' is matched twice"
                                        : "both paths '" + equality.name() + "' and '" + met + "' are matched"));
            }
        }
        return UpdateTree.apply(fields, new DocBuilder().buildDoc(), context, true);
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** An update by operators, as {@code {$set: {a: 1}, $inc: {"b.c": 1}}}. */
final class OperatorUpdate implements Update {
    /** All update operators but {@code $rename}, which works on two paths. */
    private static final Map<String, Modifier.Parser> MODIFIERS = Map.ofEntries(
            Map.entry("$set", (path, argument) -> new SetModifier(argument, false)),
            Map.entry("$setOnInsert", (path, argument) -> new SetModifier(argument, true)),
            Map.entry("$unset", (path, argument) -> UnsetModifier.INSTANCE),
            Map.entry("$inc", (path, argument) -> ArithmeticModifier.inc(path, argument)),
            Map.entry("$mul", (path, argument) -> ArithmeticModifier.mul(path, argument)),
            Map.entry("$min", (path, argument) -> new ExtremeModifier(argument, -1)),
            Map.entry("$max", (path, argument) -> new ExtremeModifier(argument, 1)),
            Map.entry("$currentDate", CurrentDateModifier::parse),
            Map.entry("$bit", BitModifier::parse),
            Map.entry("$push", PushModifier::parse),
            Map.entry("$addToSet", AddToSetModifier::parse),
            Map.entry("$pop", PopModifier::parse),
            Map.entry("$pull", PullModifier::parse),
            Map.entry("$pullAll", PullModifier::parseAll));

    private final UpdateNode root;

    private OperatorUpdate(UpdateNode root) {
        this.root = root;
    }

    static OperatorUpdate compile(Doc spec) {
        UpdateNode root = UpdateNode.root();
        for (Doc.Field operator : spec) {
            addOperator(root, operator);
        }
        root.sort();
        return new OperatorUpdate(root);
    }

    private static void addOperator(UpdateNode root, Doc.Field operator) {
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
                            + " instead. For example: {$mod: {<field>: ...}} not {" + ShellText.field(name, argument)
                            + "}");
        }
        for (Doc.Field field : argument.asDoc()) {
            List<String> parts = UpdatePath.parse(field.name());
            if (parser != null) {
                add(root, field.name(), parts, parser.parse(field.name(), field.value()));
            } else {
                addRename(root, field, parts);
            }
        }
    }

    private static void addRename(UpdateNode root, Doc.Field field, List<String> from) {
        RenameModifier target = RenameModifier.parse(field.name(), field.value());
        String to = field.value().asString();
        add(root, field.name(), from, UnsetModifier.INSTANCE);
        add(root, to, UpdatePath.parse(to), target);
    }

    private static void add(UpdateNode root, String path, List<String> parts, Modifier modifier) {
        String met = root.add(parts, modifier);
        if (met != null) {
            throw new CommandException(
                    ErrorCode.CONFLICTING_UPDATE_OPERATORS,
                    "Updating the path '" + path + "' would create a conflict at '" + met + "'");
        }
    }

    @Override
    public Doc apply(Doc before, UpdateContext context) {
        return UpdateTree.apply(root, before, context, false);
    }

    @Override
    public Doc upsert(List<Doc.Field> equalities, UpdateContext context) {
        Doc inserted = UpdateTree.apply(root, fromFilter(equalities, context), context, true);
        return ReplacementUpdate.idFirst(inserted);
    }

    /** The document of a filter's equalities, in the order of their paths. */
    static Doc fromFilter(List<Doc.Field> equalities, UpdateContext context) {
        UpdateNode fields = UpdateNode.root();
        List<Doc.Field> ordered = equalities.stream()
                .sorted(Comparator.comparing(Doc.Field::name))
                .toList();
        for (Doc.Field equality : ordered) {
            String met = fields.add(UpdatePath.split(equality.name()), new SetModifier(equality.value(), false));
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

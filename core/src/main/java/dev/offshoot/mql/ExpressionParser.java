package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles expressions where certain variables are bound.
 *
 * @param context the variables in scope
 */
record ExpressionParser(CompileContext context) {
    private static final Set<String> UNSUPPORTED =
            Set.of("CLUSTER_TIME", "JS_SCOPE", "IS_MR", "SEARCH_META", "USER_ROLES", "DESCEND", "PRUNE", "KEEP");

    /** A parser that knows one more variable. */
    ExpressionParser with(String variable) {
        return new ExpressionParser(context.with(variable));
    }

    /** How strings compare. */
    Collation collation() {
        return context.collation();
    }

    Expression parse(Value spec) {
        return switch (spec.type()) {
            case Bson.STRING -> text(spec);
            case Bson.DOCUMENT -> document(spec.asDoc());
            case Bson.ARRAY -> new ArrayExpression(list(spec));
            default -> new LiteralExpression(spec);
        };
    }

    /** The operands of an operator: the elements of an array, or the one value. */
    List<Expression> operands(Value argument) {
        return argument.isArray() ? list(argument) : List.of(parse(argument));
    }

    private List<Expression> list(Value array) {
        List<Expression> parsed = new ArrayList<>();
        for (Doc.Fields f = array.asDoc().fields(); f.next(); ) {
            parsed.add(parse(f.value()));
        }
        return List.copyOf(parsed);
    }

    private Expression text(Value spec) {
        String text = spec.asString();
        if (!text.startsWith("$")) {
            return new LiteralExpression(spec);
        }
        if (text.equals("$")) {
            throw error(16872, "'$' by itself is not a valid FieldPath");
        }
        if (!text.startsWith("$$")) {
            return new PathExpression(ofDocument("CURRENT"), DottedPath.parse(text.substring(1)));
        }
        String path = text.substring(2);
        int dot = path.indexOf('.');
        String name = dot < 0 ? path : path.substring(0, dot);
        return new PathExpression(known(name), dot < 0 ? null : DottedPath.parse(path.substring(dot + 1)));
    }

    private String known(String name) {
        if (name.isEmpty()) {
            throw error(16869, "empty variable names are not allowed");
        }
        if (context.variables().contains(name)) {
            return name;
        }
        if (PathExpression.SYSTEM.contains(name)) {
            return ofDocument(name);
        }
        if (UNSUPPORTED.contains(name)) {
            throw new CommandException(ErrorCode.NOT_IMPLEMENTED, "variable $$" + name + " is not supported yet");
        }
        checkVariable(name);
        throw error(17276, "Use of undefined variable: " + name);
    }

    /** Refuses what reads the document where there is none. */
    private String ofDocument(String name) {
        if (!context.hasDocument() && (name.equals("CURRENT") || name.equals("ROOT"))) {
            throw error(
                    4890500,
                    "Command let Expression tried to access a field, but this is not allowed because Command let"
                            + " expressions run before the query examines any documents.");
        }
        return name;
    }

    /** Refuses names that a user variable cannot have. */
    static void checkVariable(String name) {
        if (name.isEmpty()) {
            throw error(16866, "empty variable names are not allowed");
        }
        char first = name.charAt(0);
        if (!((first >= 'a' && first <= 'z') || first >= 128)) {
            throw error(16867, "'" + name + "' starts with an invalid character for a user variable name");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && c < 128 && !Character.isLetterOrDigit(c)) {
                throw error(16868, "'" + name + "' contains an invalid character for a variable name: '" + c + "'");
            }
        }
    }

    private Expression document(Doc spec) {
        if (spec.isEmpty()) {
            return new LiteralExpression(Value.document(spec));
        }
        Doc.Field first = spec.first();
        if (!first.name().startsWith("$")) {
            return ObjectExpression.parse(spec, this);
        }
        if (spec.count() != 1) {
            throw error(
                    15983, "an object representing an expression must have exactly one field: " + ShellText.of(spec));
        }
        return operator(first);
    }

    private Expression operator(Doc.Field field) {
        Operator operator = Operators.named(field.name());
        if (operator == null) {
            throw new CommandException(
                    ErrorCode.INVALID_PIPELINE_OPERATOR, "Unrecognized expression '" + field.name() + "'");
        }
        return operator.parse(field.name(), field.value(), this);
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    /** A value as it stands. */
    record LiteralExpression(Value value) implements Expression {
        @Override
        public Value evaluate(Scope scope) {
            return value;
        }

        @Override
        public boolean isConstant() {
            return true;
        }
    }

    /** An array of expressions; a missing element becomes null. */
    record ArrayExpression(List<Expression> elements) implements Expression {
        @Override
        public Value evaluate(Scope scope) {
            List<Value> values = new ArrayList<>(elements.size());
            for (Expression element : elements) {
                Value value = element.evaluate(scope);
                values.add(value == null ? Value.NULL : value);
            }
            return BsonArrays.of(values);
        }
    }

    /** {@code "$a.b"} (of the variable {@code CURRENT}), {@code "$$name"} or {@code "$$name.a.b"}. */
    record PathExpression(String variable, @Nullable DottedPath path) implements Expression {
        static final Set<String> SYSTEM = Set.of("ROOT", "CURRENT", "REMOVE", "NOW");

        @Override
        public @Nullable Value evaluate(Scope scope) {
            Value start = switch (variable) {
                case "CURRENT", "ROOT" -> scope.root();
                case "REMOVE" -> null;
                case "NOW" -> Value.date(scope.context().nowMillis());
                default -> scope.variable(variable);
            };
            return start == null || path == null ? start : path.in(start);
        }
    }
}

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
 * @param context the variables in scope; {@code CURRENT} is among them where it is bound to other than the document
 */
record ExpressionParser(CompileContext context) {

    private static final String CURRENT = "CURRENT";

    /** Variables of MongoDB's server that have no value here. */
    private static final Set<String> UNAVAILABLE = Set.of("CLUSTER_TIME", "JS_SCOPE", "IS_MR");

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
            case Bson.ARRAY -> array(spec);
            default -> new ConstantExpression(spec);
        };
    }

    /** The operands of an operator: the elements of an array, or the one value. */
    List<Expression> operands(Value argument) {
        return argument.isArray() ? list(argument) : List.of(parse(argument));
    }

    private Expression array(Value spec) {
        List<Expression> elements = list(spec);
        return ConstantExpression.folded(new ArrayExpression(elements), elements);
    }

    List<Expression> list(Value array) {
        List<Expression> parsed = new ArrayList<>();
        for (Doc.Field f : array.asDoc()) {
            parsed.add(parse(f.value()));
        }
        return List.copyOf(parsed);
    }

    private Expression text(Value spec) {
        String text = spec.asString();
        if (!text.startsWith("$")) {
            StringLimit.check(spec);
            return new ConstantExpression(spec);
        }
        if (text.equals("$")) {
            throw error(16872, "'$' by itself is not a valid FieldPath");
        }
        return text.startsWith("$$") ? variable(text.substring(2)) : current(DottedPath.parse(text.substring(1)));
    }

    /** The document that fields are taken from where nothing else is said: the root, unless {@code CURRENT} is bound. */
    Expression current() {
        return current(null);
    }

    private Expression current(@Nullable DottedPath path) {
        return context.variables().contains(CURRENT) ? new VariableExpression(CURRENT, path) : document(path);
    }

    private Expression variable(String text) {
        int dot = text.indexOf('.');
        String name = dot < 0 ? text : text.substring(0, dot);
        checkVariable(name, true);
        DottedPath path = dot < 0 ? null : DottedPath.parse(text).inner();
        if (context.variables().contains(name)) {
            return new VariableExpression(name, path);
        }
        return system(name, path);
    }

    private Expression system(String name, @Nullable DottedPath path) {
        if (UNAVAILABLE.contains(name)) {
            throw error(51144, "Builtin variable '$$" + name + "' is not available");
        }
        return switch (name) {
            case CURRENT, "ROOT" -> document(path);
            case "REMOVE", "SEARCH_META" -> ConstantExpression.MISSING;
            case "NOW" -> path == null ? new NowExpression() : ConstantExpression.MISSING;
            case "USER_ROLES" -> new ConstantExpression(BsonArrays.of(List.of()));
            default -> throw error(17276, "Use of undefined variable: " + name);
        };
    }

    /** Refuses what reads the document where there is none. */
    private Expression document(@Nullable DottedPath path) {
        if (!context.hasDocument()) {
            throw error(
                    4890500,
                    "Command let Expression tried to access a field, but this is not allowed because Command let"
                            + " expressions run before the query examines any documents.");
        }
        return new RootExpression(path);
    }

    /** Refuses names that a user variable cannot have. */
    static void checkVariable(String name) {
        if (!name.equals(CURRENT)) {
            checkVariable(name, false);
        }
    }

    private static void checkVariable(String name, boolean upperCase) {
        if (name.isEmpty()) {
            throw badName("empty variable names are not allowed");
        }
        char first = name.charAt(0);
        boolean letter = (first >= 'a' && first <= 'z') || first >= 128;
        if (!letter && !(upperCase && first >= 'A' && first <= 'Z')) {
            throw badName("'" + name + "' starts with an invalid character for a user variable name");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && c < 128 && !Character.isLetterOrDigit(c)) {
                throw badName("'" + name + "' contains an invalid character for a variable name: '" + c + "'");
            }
        }
    }

    private static CommandException badName(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    private Expression document(Doc spec) {
        if (spec.isEmpty()) {
            return new ConstantExpression(Value.document(spec));
        }
        Doc.Field first = spec.first();
        if (!first.name().startsWith("$")) {
            return ObjectExpression.parse(spec, this);
        }
        if (spec.count() != 1) {
            throw error(
                    15983, "An object representing an expression must have exactly one field: " + ShellText.of(spec));
        }
        Operator operator = Operators.named(first.name());
        if (operator == null) {
            throw new CommandException(
                    ErrorCode.INVALID_PIPELINE_OPERATOR, "Unrecognized expression '" + first.name() + "'");
        }
        return operator.parse(first.name(), first.value(), this);
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    private static @Nullable Value at(@Nullable DottedPath path, @Nullable Value start) {
        return start == null || path == null ? start : path.in(start);
    }

    /** An array of expressions; a missing element becomes null. */
    private record ArrayExpression(List<Expression> elements) implements Expression {
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

    /** {@code "$a.b"} or {@code "$$ROOT.a.b"}: of the document. */
    record RootExpression(@Nullable DottedPath path) implements Expression {
        @Override
        public @Nullable Value evaluate(Scope scope) {
            return at(path, scope.root());
        }
    }

    /** {@code "$$name.a.b"}: of a variable. */
    private record VariableExpression(String name, @Nullable DottedPath path) implements Expression {
        @Override
        public @Nullable Value evaluate(Scope scope) {
            return at(path, scope.variable(name));
        }
    }

    /** {@code $$NOW}: the time of the statement. */
    private record NowExpression() implements Expression {
        @Override
        public Value evaluate(Scope scope) {
            return Value.date(scope.context().nowMillis());
        }
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Clause.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a filter into its tree of clauses, with MongoDB's checks and their wording. */
final class FilterParser {
    private static final int DEPTH_MAX = 100;
    private static final Set<String> PATHLESS = Set.of(
            "$and",
            "$or",
            "$nor",
            "$comment",
            "$expr",
            "$where",
            "$text",
            "$jsonSchema",
            "$alwaysTrue",
            "$alwaysFalse",
            "$sampleRate",
            "$ref",
            "$id",
            "$db");

    private final @Nullable CompileContext expressions;
    private final SpecialQueries special;

    private final Collation collation;

    private FilterParser(@Nullable CompileContext expressions, Collation collation, SpecialQueries special) {
        this.expressions = expressions;
        this.collation = collation;
        this.special = special;
    }

    /** {@code expressions}: what {@code $expr} may use; null where it has no place. */
    static Clause parse(Doc filter, @Nullable CompileContext expressions, Collation collation) {
        return new FilterParser(expressions, collation, SpecialQueries.NONE).document(filter, true, 0);
    }

    /** The same where some special queries have a place. */
    static Clause parse(Doc filter, CompileContext expressions, SpecialQueries special) {
        return new FilterParser(expressions, expressions.collation(), special).document(filter, true, 0);
    }

    private Clause document(Doc filter, boolean whole, int depth) {
        checkDepth(depth, filter);
        List<Clause> clauses = new ArrayList<>();
        for (Doc.Field field : filter) {
            Value value = field.value();
            if (field.name().startsWith("$")) {
                Clause clause = topLevel(field.name(), value, whole, depth);
                if (clause != null) {
                    clauses.add(clause);
                }
            } else if (isOperators(value, false)) {
                clauses.add(operators(field.name(), value.asDoc(), depth));
            } else {
                clauses.add(equalOrLike(field.name(), value));
            }
        }
        return clauses.size() == 1 ? clauses.get(0) : new Clause.And(clauses);
    }

    private static void checkDepth(int depth, Doc at) {
        if (depth > DEPTH_MAX) {
            throw bad("exceeded maximum query tree depth of " + DEPTH_MAX + " at " + at);
        }
    }

    private @Nullable Clause topLevel(String name, Value value, boolean whole, int depth) {
        return switch (name) {
            case "$and" -> new Clause.And(list(name, value, whole, depth));
            case "$or" -> new Clause.Or(list(name, value, whole, depth));
            case "$nor" -> new Clause.Not(new Clause.Or(list(name, value, whole, depth)));
            case "$comment" -> null;
            case "$alwaysTrue", "$alwaysFalse" -> constant(name, value);
            case "$ref", "$id", "$db" -> leaf(name, Operator.EQ, value);
            case "$expr" -> expression(value, whole);
            case "$text" -> text(value, whole);
            case "$jsonSchema" -> schema(value, whole);
            case "$sampleRate" -> byChance(value, whole);
            case "$where" -> throw notSupported(name, whole);
            case "$not" ->
                throw bad(
                        "unknown top level operator: $not. If you are trying to negate an entire expression, use $nor.");
            default ->
                throw bad("unknown top level operator: " + name + ". If you have a field name that starts with a '$'"
                        + " symbol, consider using $getField or $setField.");
        };
    }

    private static Clause schema(Value value, boolean whole) {
        if (!whole) {
            throw bad("$jsonSchema can only be applied to the top-level document");
        }
        return new Clause.OfSchema(SchemaParser.parse(value));
    }

    private Clause expression(Value value, boolean whole) {
        if (!whole || expressions == null) {
            throw notSupported("$expr", whole);
        }
        return new Clause.Expr(Expression.compile(value, expressions));
    }

    private Clause byChance(Value value, boolean whole) {
        if (!whole || expressions == null) {
            throw notSupported("$sampleRate", whole);
        }
        return new Clause.Expr(SampleRate.parse(value, expressions));
    }

    private Clause text(Value value, boolean whole) {
        if (!whole) {
            throw bad("$text can only be applied to the top-level document");
        }
        if (value.isDocument() && special == SpecialQueries.NONE) {
            throw bad("$text is not allowed in this context");
        }
        return new Clause.Text(TextQuery.parse(value), null);
    }

    private static CommandException notSupported(String name, boolean whole) {
        if (!whole && !name.equals("$where")) {
            return bad(name + " can only be applied to the top-level document");
        }
        if (name.equals("$where")) {
            return bad(whole ? "$where is not allowed in this context" : "$elemMatch cannot contain $where expression");
        }
        return new CommandException(ErrorCode.QUERY_FEATURE_NOT_ALLOWED, name + " is not allowed in this context");
    }

    private static Clause constant(String name, Value value) {
        if (Integers.require(value, name) != 1) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, name + " must be an integer value of 1");
        }
        return new Clause.Constant(name.equals("$alwaysTrue"));
    }

    private List<Clause> list(String name, Value value, boolean whole, int depth) {
        if (!value.isArray()) {
            throw bad(name + " must be an array");
        }
        List<Clause> clauses = new ArrayList<>();
        for (Doc.Field element : value.asDoc()) {
            if (!element.value().isDocument()) {
                throw bad("$or/$and/$nor entries need to be full objects");
            }
            clauses.add(document(element.value().asDoc(), whole, depth + 1));
        }
        if (clauses.isEmpty()) {
            throw bad("$and/$or/$nor must be a nonempty array");
        }
        return clauses;
    }

    /** Whether a value is a document of operators rather than one to be equal to; a reference to a document is not. */
    static boolean isOperators(Value value, boolean partialReference) {
        if (!value.isDocument() || value.asDoc().isEmpty()) {
            return false;
        }
        Doc doc = value.asDoc();
        if (!doc.first().name().startsWith("$")) {
            return false;
        }
        boolean reference = partialReference
                ? doc.has("$ref") || doc.has("$id") || doc.has("$db")
                : doc.has("$ref") && doc.has("$id");
        return !reference;
    }

    private Clause equalOrLike(String path, Value value) {
        return value.type() == Bson.REGEX
                ? new Clause.Leaf(path, Operator.REGEX, value, RegexTest.of(value), true)
                : leaf(path, Operator.EQ, value);
    }

    private Clause.Leaf leaf(String path, Operator operator, Value operand) {
        if (operand.type() == Bson.UNDEFINED) {
            throw bad("cannot compare to undefined");
        }
        if (operator != Operator.EQ && operand.type() == Bson.REGEX) {
            throw bad("Can't have RegEx as arg to predicate over field '" + path + "'.");
        }
        return new Clause.Leaf(path, operator, operand, Collated.comparison(operator, operand, collation), true);
    }

    private static Clause.Leaf other(String path, ElementTest test, boolean elements) {
        return new Clause.Leaf(path, Operator.OTHER, null, test, elements);
    }

    private Clause operators(String path, Doc operators, int depth) {
        checkDepth(depth, operators);
        if (isNear(operators.first())) {
            return near(path, operators);
        }
        List<Clause> clauses = new ArrayList<>();
        for (Doc.Field field : operators) {
            Clause clause = operator(path, field.name(), field.value(), operators, depth);
            if (clause != null) {
                clauses.add(clause);
            }
        }
        return clauses.size() == 1 ? clauses.get(0) : new Clause.And(clauses);
    }

    private static boolean isNear(Doc.Field first) {
        return NearParser.isNear(first.name())
                && (first.value().isDocument() || first.value().isArray());
    }

    private Clause near(String path, Doc operators) {
        if (special != SpecialQueries.ALL) {
            throw nearNotAllowed();
        }
        return other(path, new Near.Test(NearParser.parse(path, operators)), true);
    }

    private static CommandException nearNotAllowed() {
        return new CommandException(
                ErrorCode.location(5626500),
                "$geoNear, $near, and $nearSphere are not allowed in this context, as these operators require sorting"
                        + " geospatial data. If you do not need sort, consider using $geoWithin instead. Check out"
                        + " https://dochub.mongodb.org/core/near-sort-operation and"
                        + " https://dochub.mongodb.org/core/nearSphere-sort-operationfor more details.");
    }

    private @Nullable Clause operator(String path, String name, Value value, Doc context, int depth) {
        return switch (name) {
            case "$eq" -> leaf(path, Operator.EQ, value);
            case "$lt" -> leaf(path, Operator.LT, value);
            case "$lte" -> leaf(path, Operator.LTE, value);
            case "$gt" -> leaf(path, Operator.GT, value);
            case "$gte" -> leaf(path, Operator.GTE, value);
            case "$ne" -> notEqual(path, value);
            case "$in" -> in(path, name, value);
            case "$nin" -> new Clause.Not(in(path, name, value));
            case "$not" -> not(path, value, depth);
            case "$exists" -> exists(path, value);
            case "$type" -> other(path, TypeSets.parse(path, value), true);
            case "$regex" -> regex(path, context);
            case "$options" -> options(context);
            case "$size" -> other(path, new ValueTests.Size(Integers.size(value)), false);
            case "$mod" -> other(path, Integers.mod(value), true);
            case "$elemMatch" -> elemMatch(path, value, depth);
            case "$all" -> all(path, value, depth);
            case "$bitsAllSet", "$bitsAllClear", "$bitsAnySet", "$bitsAnyClear" ->
                other(path, Integers.bits(name, value), true);
            case "$geoWithin", "$geoIntersects", "$within" -> other(path, GeoTest.parse(context), true);
            default -> throw unknown(name);
        };
    }

    private static CommandException unknown(String name) {
        return switch (name) {
            case "$where" -> bad("$where cannot be applied to a field");
            case "$near", "$nearSphere", "$geoNear" -> bad("near must be first in: " + name);
            default -> bad("unknown operator: " + name);
        };
    }

    private Clause notEqual(String path, Value value) {
        if (value.type() == Bson.REGEX) {
            throw bad("Can't have regex as arg to $ne.");
        }
        return new Clause.Not(leaf(path, Operator.EQ, value));
    }

    private Clause.Leaf in(String path, String name, Value value) {
        if (!value.isArray()) {
            throw bad(name + " needs an array");
        }
        List<Value> values = new ArrayList<>();
        List<RegexTest> regexes = new ArrayList<>();
        for (Doc.Field element : value.asDoc()) {
            Value v = element.value();
            if (isOperators(v, false)) {
                throw bad("cannot nest $ under " + name);
            }
            if (v.type() == Bson.UNDEFINED) {
                throw bad("InMatchExpression equality cannot be undefined");
            }
            if (v.type() == Bson.REGEX) {
                regexes.add(RegexTest.of(v));
            } else {
                values.add(v);
            }
        }
        return new Clause.Leaf(path, Operator.IN, value, Collated.in(values, regexes, collation), true);
    }

    private Clause not(String path, Value value, int depth) {
        if (value.type() == Bson.REGEX) {
            return new Clause.Not(equalOrLike(path, value));
        }
        if (!value.isDocument()) {
            throw bad("$not needs a regex or a document");
        }
        if (value.asDoc().isEmpty()) {
            throw bad("$not cannot be empty");
        }
        return new Clause.Not(operators(path, value.asDoc(), depth + 1));
    }

    private static Clause exists(String path, Value value) {
        Clause.Leaf exists = other(path, new ValueTests.Exists(), true);
        return value.isTruthy() ? exists : new Clause.Not(exists);
    }

    private static @Nullable Clause options(Doc context) {
        if (!context.has("$regex")) {
            throw bad("$options needs a $regex");
        }
        return null;
    }

    private static Clause regex(String path, Doc context) {
        String source = "";
        String options = "";
        for (Doc.Field field : context) {
            Value value = field.value();
            if (field.name().equals("$regex")) {
                if (value.type() == Bson.REGEX) {
                    source = RegexTest.source(value);
                    options = once(options, RegexTest.options(value), 51074);
                } else if (value.isString()) {
                    source = value.asString();
                } else {
                    throw bad("$regex has to be a string");
                }
            } else if (field.name().equals("$options")) {
                if (!value.isString()) {
                    throw bad("$options has to be a string");
                }
                options = once(options, value.asString(), 51075);
            }
        }
        return new Clause.Leaf(path, Operator.REGEX, null, RegexTest.of(source, options), true);
    }

    private static String once(String before, String more, int code) {
        if (!before.isEmpty() && !more.isEmpty()) {
            throw new CommandException(ErrorCode.location(code), "options set in both $regex and $options");
        }
        return before.isEmpty() ? more : before;
    }

    private Clause elemMatch(String path, Value value, int depth) {
        if (!value.isDocument()) {
            throw bad("$elemMatch needs an Object");
        }
        Doc sub = value.asDoc();
        boolean ofValues =
                isOperators(value, true) && !PATHLESS.contains(sub.first().name());
        Clause clause = ofValues ? operators("", sub, depth + 1) : document(sub, false, depth + 1);
        SpecialQueries.checkNested(clause);
        ElementTest element = ofValues ? clause.toElementTest() : new ValueTests.SubDocument(clause.toMatcher(null));
        return other(path, new ValueTests.AnyElement(element, clause, ofValues), false);
    }

    private Clause all(String path, Value value, int depth) {
        if (!value.isArray()) {
            throw bad("$all needs an array");
        }
        List<Clause> clauses = new ArrayList<>();
        boolean elemMatches = false;
        for (Doc.Field element : value.asDoc()) {
            Value v = element.value();
            boolean elemMatch = v.isDocument()
                    && !v.asDoc().isEmpty()
                    && v.asDoc().first().name().equals("$elemMatch");
            elemMatches = clauses.isEmpty() ? elemMatch : elemMatches;
            if (elemMatches && !elemMatch) {
                throw bad("$all/$elemMatch has to be consistent");
            }
            if (!elemMatch && isOperators(v, true)) {
                throw bad("no $ expressions in $all");
            }
            if (elemMatch && !elemMatches) {
                throw bad("no $ expressions in $all");
            }
            clauses.add(elemMatch ? elemMatch(path, v.asDoc().first().value(), depth) : equalOrLike(path, v));
        }
        return clauses.isEmpty() ? new Clause.Constant(false) : new Clause.And(clauses);
    }

    static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }
}

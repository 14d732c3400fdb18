package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Explains why a document fails a validator, in the shape of MongoDB's error: the operators as they were written, each with its
 * reason and the values that it looked at. Inside a negation an operator is explained the other way round: why it does match. Walks the
 * source of the filter, and asks compiled parts of it which of them fail.
 */
final class ValidationError {
    private static final Set<Integer> NUMBERS = Set.of(Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128);
    private static final Set<Integer> BITS = Set.of(Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128, Bson.BINARY);
    private static final Set<Integer> TEXTS = Set.of(Bson.STRING, Bson.SYMBOL, Bson.REGEX);
    private static final Set<Integer> ARRAYS = Set.of(Bson.ARRAY);

    private final Doc document;
    private final Collation collation;
    private final @Nullable PipelineContext context;

    private ValidationError(Doc document, Collation collation, @Nullable PipelineContext context) {
        this.document = document;
        this.collation = collation;
        this.context = context;
    }

    /** The {@code details} of a document that does not match a filter. */
    static Doc details(Filter filter, Doc document, @Nullable PipelineContext context) {
        DocBuilder details = new DocBuilder();
        new ValidationError(document, filter.collation(), context).explain(filter.source(), false, details);
        return details.buildDoc();
    }

    private void explain(Doc filter, boolean inverted, DocBuilder error) {
        List<Doc> clauses = clauses(filter);
        if (clauses.size() == 1) {
            explainOne(clauses.get(0).first(), clauses.get(0), inverted, error);
        } else {
            explainClauses("$and", clauses, inverted, error);
        }
    }

    /** The conditions of a filter, each as a filter of its own: one for every operator on a field. */
    private static List<Doc> clauses(Doc filter) {
        List<Doc> clauses = new ArrayList<>();
        for (Doc.Field field : filter) {
            if (field.name().equals("$comment")) {
                continue;
            }
            if (field.name().startsWith("$") || !FilterParser.isOperators(field.value(), false)) {
                clauses.add(one(field.name(), field.value()));
                continue;
            }
            Doc operators = field.value().asDoc();
            for (Doc.Field operator : operators) {
                if (!operator.name().equals("$options")) {
                    clauses.add(one(field.name(), Value.document(withOptions(operator, operators))));
                }
            }
        }
        return clauses;
    }

    private static Doc withOptions(Doc.Field operator, Doc operators) {
        Value options = operators.get("$options");
        DocBuilder whole = new DocBuilder().append(operator.name(), operator.value());
        return (operator.name().equals("$regex") && options != null ? whole.append("$options", options) : whole)
                .buildDoc();
    }

    private static Doc one(String name, Value value) {
        return new DocBuilder().append(name, value).buildDoc();
    }

    private boolean matches(Doc filter) {
        Filter compiled = Filter.compileWithExpressions(filter, CompileContext.NONE.with(collation));
        return (context == null ? compiled : compiled.in(context)).matches(document);
    }

    private void explainOne(Doc.Field field, Doc source, boolean inverted, DocBuilder error) {
        switch (field.name()) {
            case "$and", "$or", "$nor" ->
                explainClauses(
                        field.name(),
                        BsonArrays.elements(field.value()).stream()
                                .map(Value::asDoc)
                                .toList(),
                        inverted,
                        error);
            case "$jsonSchema" -> explainSchema(field.value(), inverted, error);
            case "$expr" -> explainExpression(field.value(), source, inverted, error);
            default -> {
                if (field.name().startsWith("$")) {
                    head(field.name(), source, error).append("reason", "expression always evaluates to " + inverted);
                } else {
                    explainField(field, source, inverted, error);
                }
            }
        }
    }

    private static DocBuilder head(String operator, Doc source, DocBuilder error) {
        return error.append("operatorName", operator).append("specifiedAs", source);
    }

    private void explainClauses(String operator, List<Doc> clauses, boolean inverted, DocBuilder error) {
        boolean flips = operator.equals("$nor");
        boolean inside = flips != inverted;
        error.append("operatorName", operator).startArray(inverted ? "clausesSatisfied" : "clausesNotSatisfied");
        for (int i = 0; i < clauses.size(); i++) {
            if (matches(clauses.get(i)) == inside) {
                error.addDocument().append("index", i).startDocument("details");
                explain(clauses.get(i), inside, error);
                error.end().end();
            }
        }
        error.end();
    }

    private void explainSchema(Value source, boolean inverted, DocBuilder error) {
        error.append("operatorName", "$jsonSchema");
        if (inverted) {
            error.append("reason", "schema matched");
            return;
        }
        Schema schema = SchemaParser.parse(source);
        error.appendAll(schema.labels()).startArray("schemaRulesNotSatisfied");
        schema.explain(Value.document(document), error);
        error.end();
    }

    private void explainExpression(Value source, Doc specified, boolean inverted, DocBuilder error) {
        head("$expr", specified, error);
        if (context == null) {
            return;
        }
        try {
            Value result = Expression.compile(source, CompileContext.NONE).evaluate(document, context);
            error.append("reason", inverted ? "expression did match" : "expression did not match");
            if (result != null) {
                error.append("expressionResult", result);
            }
        } catch (CommandException e) {
            error.append("reason", "failed to evaluate aggregation expression")
                    .startDocument("details")
                    .append("code", e.code().number())
                    .append("codeName", e.code().name())
                    .append("errmsg", e.message())
                    .end();
        }
    }

    private void explainField(Doc.Field field, Doc source, boolean inverted, DocBuilder error) {
        String path = field.name();
        if (!FilterParser.isOperators(field.value(), false)) {
            String operator = field.value().type() == Bson.REGEX ? "$regex" : "$eq";
            explainOperator(operator, path, source, inverted, error);
            return;
        }
        Doc.Field operator = field.value().asDoc().first();
        switch (operator.name()) {
            case "$not" -> {
                error.append("operatorName", "$not").startDocument("details");
                explain(one(path, operator.value()), !inverted, error);
                error.end();
            }
            case "$exists" -> {
                boolean wanted = operator.value().isTruthy() != inverted;
                head("$exists", source, error).append("reason", wanted ? "path does not exist" : "path does exist");
            }
            default -> explainOperator(operator.name(), path, source, inverted, error);
        }
    }

    private void explainOperator(String operator, String path, Doc source, boolean inverted, DocBuilder error) {
        boolean negated = operator.equals("$ne") || operator.equals("$nin");
        boolean elements = !Set.of("$size", "$elemMatch", "$all").contains(operator);
        ConsideredValues considered = ConsideredValues.at(document, path, elements);
        head(operator, source, error);
        if (!considered.appendMissing(error) && !considered.appendTypeMismatch(expected(operator), error)) {
            error.append("reason", reason(operator, negated != inverted));
        }
        considered.appendValues(error);
        if (operator.equals("$type")) {
            considered.appendTypes(error);
        }
    }

    /** The types that an operator is about; none for any. */
    private static Set<Integer> expected(String operator) {
        return switch (operator) {
            case "$regex" -> TEXTS;
            case "$mod" -> NUMBERS;
            case "$size", "$elemMatch" -> ARRAYS;
            case "$bitsAllSet", "$bitsAllClear", "$bitsAnySet", "$bitsAnyClear" -> BITS;
            default -> Set.of();
        };
    }

    private static String reason(String operator, boolean matched) {
        return switch (operator) {
            case "$in", "$nin" -> matched ? "matching value found in array" : "no matching value found in array";
            case "$type" -> matched ? "type did match" : "type did not match";
            case "$regex" -> matched ? "regular expression did match" : "regular expression did not match";
            case "$mod" ->
                matched ? "$mod did evaluate to expected remainder" : "$mod did not evaluate to expected remainder";
            case "$size" ->
                matched ? "array length was equal to given size" : "array length was not equal to given size";
            case "$elemMatch" ->
                matched ? "array did satisfy the child predicate" : "array did not satisfy the child predicate";
            case "$all" ->
                matched ? "array did contain all specified values" : "array did not contain all specified values";
            case "$bitsAllSet", "$bitsAllClear", "$bitsAnySet", "$bitsAnyClear" ->
                matched ? "bitwise operator matched successfully" : "bitwise operator failed to match";
            default -> matched ? "comparison succeeded" : "comparison failed";
        };
    }
}

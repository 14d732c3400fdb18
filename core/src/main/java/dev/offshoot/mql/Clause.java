package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import dev.offshoot.text.TextSearch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parsed filter: the tree that is compiled into a {@link Matcher} and read by the planner. */
sealed interface Clause {
    /** What a leaf asks, as far as bounds can be taken from it. */
    enum Operator {
        EQ,
        LT,
        LTE,
        GT,
        GTE,
        IN,
        REGEX,
        OTHER
    }

    record And(List<Clause> clauses) implements Clause {}

    record Or(List<Clause> clauses) implements Clause {}

    record Not(Clause clause) implements Clause {}

    record Constant(boolean outcome) implements Clause {}

    /** {@code $jsonSchema}: the document as a whole is as a schema says. */
    record OfSchema(Schema schema) implements Clause {}

    /** {@code $text}; bound to the texts of an index before it is used. */
    record Text(TextQuery query, @Nullable TextSearch search) implements Clause {}

    /** {@code $expr}: an expression that is true of the document as a whole. */
    record Expr(Expression expression) implements Clause {}

    /**
     * Some value of a path passes a test.
     *
     * @param operand what is compared with; for IN the array, null for OTHER
     * @param elements whether the elements of an array at the end of the path are values of the path
     */
    record Leaf(String path, Operator operator, @Nullable Value operand, ElementTest test, boolean elements)
            implements Clause {}

    /** This clause as a condition on one single value: inside {@code {$elemMatch: {$gt: 1}}}. */
    default ElementTest toElementTest() {
        if (this instanceof Leaf leaf) {
            return leaf.test();
        }
        if (this instanceof Not not) {
            return ElementTest.not(not.clause().toElementTest());
        }
        if (this instanceof And and) {
            return ElementTest.all(
                    and.clauses().stream().map(Clause::toElementTest).toArray(ElementTest[]::new));
        }
        if (this instanceof Constant constant) {
            return ElementTest.constant(constant.outcome());
        }
        throw new AssertionError("a clause on documents inside a test of values: " + this);
    }

    /** As a condition on documents; {@code context} is what expressions may know. */
    default Matcher toMatcher(@Nullable PipelineContext context) {
        if (this instanceof Or or) {
            return Matcher.any(
                    or.clauses().stream().map(c -> c.toMatcher(context)).toArray(Matcher[]::new));
        }
        if (this instanceof Not not && !(not.clause() instanceof Leaf)) {
            return Matcher.not(not.clause().toMatcher(context));
        }
        if (this instanceof Constant constant) {
            return constant.outcome() ? Matcher.ALWAYS : Matcher.not(Matcher.ALWAYS);
        }
        if (this instanceof OfSchema of) {
            return of.schema().toMatcher();
        }
        if (this instanceof Text text) {
            return Matcher.text(text.search());
        }
        if (this instanceof Expr expr) {
            return Matcher.expression(expr.expression(), context);
        }
        return conjunction(context);
    }

    /** All leaves of a conjunction in one walk, which is cheap, then the rest of it. */
    private Matcher conjunction(@Nullable PipelineContext context) {
        List<FieldTrie.Condition> leaves = new ArrayList<>();
        List<Matcher> matchers = new ArrayList<>();
        for (Clause clause : conjuncts()) {
            if (clause instanceof Leaf leaf) {
                leaves.add(new FieldTrie.Condition(leaf, false));
            } else if (clause instanceof Not not && not.clause() instanceof Leaf leaf) {
                leaves.add(new FieldTrie.Condition(leaf, true));
            } else {
                matchers.add(clause.toMatcher(context));
            }
        }
        for (int i = 0; i < leaves.size(); i += FieldTrie.FIELDS_MAX) {
            List<FieldTrie.Condition> some = leaves.subList(i, Math.min(leaves.size(), i + FieldTrie.FIELDS_MAX));
            matchers.add(i / FieldTrie.FIELDS_MAX, FieldTrie.of(some));
        }
        return matchers.isEmpty() ? Matcher.ALWAYS : Matcher.all(matchers.toArray(Matcher[]::new));
    }

    /** Whether an expression is anywhere in it. */
    default boolean hasExpression() {
        return this instanceof Expr
                || (this instanceof Not not && not.clause().hasExpression())
                || (this instanceof And and && and.clauses().stream().anyMatch(Clause::hasExpression))
                || (this instanceof Or or && or.clauses().stream().anyMatch(Clause::hasExpression));
    }

    /** Adds the paths of all leaves. */
    default void collectPaths(List<String> paths) {
        if (this instanceof Leaf leaf) {
            paths.add(leaf.path());
        } else if (this instanceof Not not) {
            not.clause().collectPaths(paths);
        } else if (this instanceof And and) {
            and.clauses().forEach(clause -> clause.collectPaths(paths));
        } else if (this instanceof Or or) {
            or.clauses().forEach(clause -> clause.collectPaths(paths));
        }
    }

    /** The clauses that all have to hold, conjunctions within conjunctions taken apart. */
    default List<Clause> conjuncts() {
        if (!(this instanceof And and)) {
            return List.of(this);
        }
        List<Clause> flat = new ArrayList<>();
        for (Clause clause : and.clauses()) {
            flat.addAll(clause.conjuncts());
        }
        return flat;
    }
}

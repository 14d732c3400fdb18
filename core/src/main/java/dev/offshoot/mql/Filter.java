package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Clause.Operator;
import dev.offshoot.text.TextFields;
import dev.offshoot.text.TextSearch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled filter: which documents a query, an update or a partial index means. Works on raw bytes and decodes nothing; a
 * conjunction of conditions on fields is one walk over the document ({@link FieldTrie}). Immutable, safe for any number of threads.
 */
public final class Filter {
    private final Doc source;
    private final Clause clause;
    private final Collation collation;
    private final SpecialQueries.Found special;
    private final @Nullable PipelineContext context;
    private final Matcher matcher;

    private Filter(Doc source, Clause clause, Collation collation, @Nullable PipelineContext context) {
        this.source = source;
        this.clause = clause;
        this.collation = collation;
        this.special = SpecialQueries.in(clause);
        this.context = context;
        this.matcher = clause.toMatcher(context);
    }

    /**
     * @throws CommandException with MongoDB's code and wording where the filter is malformed or asks for what is not
     *     supported
     */
    public static Filter compile(Doc filter) {
        return compile(filter, Collation.SIMPLE);
    }

    /** The same where strings compare by a collation. */
    public static Filter compile(Doc filter, Collation collation) {
        return new Filter(filter, FilterParser.parse(filter, null, collation), collation, null);
    }

    /** The same where {@code $expr} has a place too: not in {@code $pull}, projections and partial indexes. */
    public static Filter compileWithExpressions(Doc filter) {
        return compileWithExpressions(filter, CompileContext.NONE);
    }

    /** The same where expressions see variables, and strings compare by the context's collation. */
    public static Filter compileWithExpressions(Doc filter, CompileContext context) {
        return new Filter(filter, FilterParser.parse(filter, context, context.collation()), context.collation(), null);
    }

    /**
     * The filter of a command, which may have {@code $text} and {@code $near} too.
     *
     * @throws CommandException also where they are more than one, or where no index can serve them
     */
    public static Filter compileQuery(Doc filter, CompileContext context) {
        return checked(filter, FilterParser.parse(filter, context, SpecialQueries.ALL), context.collation());
    }

    /** The filter of a {@code $match}, which may have {@code $text}. */
    static Filter compileMatch(Doc filter, CompileContext context) {
        return checked(filter, FilterParser.parse(filter, context, SpecialQueries.TEXT), context.collation());
    }

    private static Filter checked(Doc filter, Clause clause, Collation collation) {
        SpecialQueries.check(clause);
        return new Filter(filter, clause, collation, null);
    }

    /** What it has of {@code $near}; null for nothing. */
    public @Nullable Near near() {
        return special.near();
    }

    /** Whether it has {@code $text}, so that it is used only after {@link #on}. */
    public boolean hasText() {
        return special.text() != null;
    }

    /** What its {@code $text} searches; null where it has none, or is not bound to an index. */
    public @Nullable TextSearch textSearch() {
        Clause.Text text = special.text();
        return text == null ? null : text.search();
    }

    /** Whether a document can match only if its texts do: {@code $text} is not just one alternative. */
    public boolean needsText() {
        return clause.conjuncts().stream().anyMatch(Clause.Text.class::isInstance);
    }

    /** This filter with its {@code $text} bound to the texts of an index. */
    public Filter on(TextFields fields) {
        return new Filter(source, SpecialQueries.bound(clause, fields), collation, context);
    }

    /** Whether it has {@code $expr}, so that it is used only after {@link #in}. */
    public boolean needsContext() {
        return clause.hasExpression();
    }

    /** This filter, with what its expressions may know; needed before one with {@code $expr} is used. */
    public Filter in(PipelineContext context) {
        return needsContext() ? new Filter(source, clause, collation, context) : this;
    }

    /**
     * Whether the document at this offset matches.
     *
     * @throws CommandException where a regular expression takes too many steps on a string
     */
    public boolean matches(byte[] bytes, int offset) {
        return matcher.matches(bytes, offset);
    }

    public boolean matches(Doc document) {
        return matcher.matches(document.bytes(), document.offset());
    }

    /** The document it was compiled from. */
    public Doc source() {
        return source;
    }

    /** How its strings compare. */
    public Collation collation() {
        return collation;
    }

    /** Whether it asks for nothing, so that every document matches. */
    public boolean isEmpty() {
        return clause.conjuncts().isEmpty();
    }

    /** The value of {@code _id} where the filter asks for exactly that and nothing else, else null. */
    public @Nullable Value idEquality() {
        List<Clause> conjuncts = clause.conjuncts();
        if (conjuncts.size() != 1 || !(conjuncts.get(0) instanceof Clause.Leaf leaf)) {
            return null;
        }
        return leaf.path().equals("_id") && leaf.operator() == Operator.EQ ? leaf.operand() : null;
    }

    /** The paths that conditions are about, in order, those within logical operators too. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        clause.collectPaths(paths);
        return paths;
    }

    /**
     * The position of the array element that makes a matching document match, or -1 where the filter names none: what the
     * positional operator {@code $} of updates and projections means.
     */
    public int matchedPosition(Doc document) {
        return MatchedPosition.of(clause, document);
    }

    /**
     * What the filter says certain paths are equal to: the first values of a document that an upsert inserts. Equalities, an
     * {@code $in} of one value, those of {@code $all}, and those within {@code $and} or an {@code $or} of one. Whether they
     * contradict each other is for the update to say.
     */
    public List<Doc.Field> equalities() {
        List<Doc.Field> found = new ArrayList<>();
        collectEqualities(clause, found);
        return found;
    }

    private static void collectEqualities(Clause clause, List<Doc.Field> found) {
        for (Clause conjunct : clause.conjuncts()) {
            if (conjunct instanceof Clause.Or or && or.clauses().size() == 1) {
                collectEqualities(or.clauses().get(0), found);
            } else if (conjunct instanceof Clause.Leaf leaf && leaf.operand() != null) {
                Value value = equality(leaf.operator(), leaf.operand());
                if (value != null) {
                    found.add(new Doc.Field(leaf.path(), value));
                }
            }
        }
    }

    private static @Nullable Value equality(Operator operator, Value operand) {
        if (operator == Operator.EQ) {
            return operand;
        }
        boolean single = operator == Operator.IN && operand.asDoc().count() == 1;
        Value only = single ? operand.asDoc().first().value() : null;
        return only == null || only.type() == Bson.REGEX ? null : only;
    }

    Clause clause() {
        return clause;
    }

    @Override
    public String toString() {
        return source.toString();
    }
}

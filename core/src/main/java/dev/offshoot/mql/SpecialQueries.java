package dev.offshoot.mql;

import org.jspecify.annotations.Nullable;

/** Which filters may hold what needs an index and gives documents more than their fields: {@code $text} and {@code $near}. */
enum SpecialQueries {
    /** Neither. */
    NONE,
    /** {@code $text}, in a {@code $match}. */
    TEXT,
    /** Both, in a command. */
    ALL;

    /** What a filter has of them. */
    record Found(int texts, int nears, @Nullable Near near, Clause.@Nullable Text text) {
        private static final Found NOTHING = new Found(0, 0, null, null);

        private Found and(Found other) {
            return new Found(
                    texts + other.texts,
                    nears + other.nears,
                    near == null ? other.near : near,
                    text == null ? other.text : text);
        }
    }

    static Found in(Clause clause) {
        if (clause instanceof Clause.Text text) {
            return new Found(1, 0, null, text);
        }
        if (clause instanceof Clause.Leaf leaf && leaf.test() instanceof Near.Test test) {
            return new Found(0, 1, test.near(), null);
        }
        if (clause instanceof Clause.Not not) {
            return in(not.clause());
        }
        if (clause instanceof Clause.And and) {
            return and.clauses().stream().map(SpecialQueries::in).reduce(Found.NOTHING, Found::and);
        }
        return clause instanceof Clause.Or or
                ? or.clauses().stream().map(SpecialQueries::in).reduce(Found.NOTHING, Found::and)
                : Found.NOTHING;
    }

    /** Refuses more than one of them, and one in a place where no index can serve it. */
    static Found check(Clause clause) {
        Found found = in(clause);
        if (found.texts > 1) {
            throw FilterParser.bad("Too many text expressions");
        }
        if (found.nears > 1) {
            throw FilterParser.bad("Too many geoNear expressions");
        }
        if (found.texts + found.nears > 1) {
            throw FilterParser.bad("text and geoNear not allowed in same query");
        }
        if (found.texts == 1 && isNegated(clause, false)) {
            throw FilterParser.bad("text expression not allowed in nor");
        }
        if (found.nears == 1 && clause.conjuncts().stream().noneMatch(SpecialQueries::isNear)) {
            throw nested();
        }
        return found;
    }

    /** Refuses a {@code $near} inside an {@code $elemMatch}. */
    static void checkNested(Clause clause) {
        if (in(clause).nears > 0) {
            throw nested();
        }
    }

    private static CommandException nested() {
        return FilterParser.bad("geo $near must be top-level expr");
    }

    private static boolean isNear(Clause clause) {
        return clause instanceof Clause.Leaf leaf && leaf.test() instanceof Near.Test;
    }

    private static boolean isNegated(Clause clause, boolean inside) {
        if (clause instanceof Clause.Text) {
            return inside;
        }
        if (clause instanceof Clause.Not not) {
            return isNegated(not.clause(), true);
        }
        if (clause instanceof Clause.And and) {
            return and.clauses().stream().anyMatch(each -> isNegated(each, inside));
        }
        return clause instanceof Clause.Or or && or.clauses().stream().anyMatch(each -> isNegated(each, inside));
    }

    /** The clause with its text search bound to the texts of an index. */
    static Clause bound(Clause clause, dev.offshoot.text.TextFields fields) {
        if (clause instanceof Clause.Text text) {
            return new Clause.Text(text.query(), text.query().on(fields));
        }
        if (clause instanceof Clause.And and) {
            return new Clause.And(
                    and.clauses().stream().map(each -> bound(each, fields)).toList());
        }
        return clause instanceof Clause.Or or
                ? new Clause.Or(
                        or.clauses().stream().map(each -> bound(each, fields)).toList())
                : clause;
    }
}

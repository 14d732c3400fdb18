package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which element of an array made a document match: what the positional operator {@code $} means. MongoDB's rules: the
 * position in the outermost array that was searched (not addressed by a number); the last condition that searched one wins,
 * conditions being taken in the order in which its planner sorts them; negations tell nothing, nor does {@code $or}, except one
 * of equalities of one path: that is an {@code $in}.
 */
final class MatchedPosition {
    /** No value passes. */
    private static final int NO_MATCH = -2;

    /** A value passes, and no array was searched for it. */
    private static final int NOWHERE = -1;

    /** The rank of {@code $in} among the operators. */
    private static final int IN = 7;

    private static final Comparator<Clause> PLANNER_ORDER =
            Comparator.comparingInt(MatchedPosition::rank).thenComparing(MatchedPosition::path);

    private final FieldPath path;
    private final ElementTest test;
    private final boolean elements;
    private final byte[] bytes;

    private MatchedPosition(Clause.Leaf leaf, byte[] bytes) {
        this.path = FieldPath.of(leaf.path());
        this.test = leaf.test();
        this.elements = leaf.elements();
        this.bytes = bytes;
    }

    /** The position in a document that matches the clause, or -1 where the clause names none. */
    static int of(Clause clause, Doc document) {
        int position = NOWHERE;
        List<Clause> ordered = clause.conjuncts().stream().sorted(PLANNER_ORDER).toList();
        for (Clause conjunct : ordered) {
            int found = NOWHERE;
            if (conjunct instanceof Clause.Or or && or.clauses().size() == 1) {
                found = of(or.clauses().get(0), document);
            } else if (conjunct instanceof Clause.Leaf leaf) {
                found = of(leaf, document);
            } else if (conjunct instanceof Clause.Or or && equalities(or) != null) {
                found = first(or, document);
            }
            position = found >= 0 ? found : position;
        }
        return position;
    }

    private static int of(Clause.Leaf leaf, Doc document) {
        return new MatchedPosition(leaf, document.bytes()).inDocument(document.offset(), 0);
    }

    /** The first position that any of the equalities names. */
    private static int first(Clause.Or or, Doc document) {
        return or.clauses().stream()
                .mapToInt(clause -> clause instanceof Clause.Leaf leaf ? of(leaf, document) : NOWHERE)
                .filter(found -> found >= 0)
                .min()
                .orElse(NOWHERE);
    }

    /** The path that all alternatives are equalities of; null where they are anything else. */
    private static @Nullable String equalities(Clause.Or or) {
        String path = null;
        for (Clause clause : or.clauses()) {
            boolean same = clause instanceof Clause.Leaf leaf
                    && leaf.operator() == Clause.Operator.EQ
                    && (path == null || path.equals(leaf.path()));
            if (!same) {
                return null;
            }
            path = path(clause);
        }
        return path;
    }

    private static int rank(Clause clause) {
        if (!(clause instanceof Clause.Leaf leaf)) {
            return clause instanceof Clause.Or or ? equalities(or) == null ? -1 : IN : Integer.MAX_VALUE;
        }
        return leaf.test() instanceof ValueTests.AnyElement
                ? 0
                : switch (leaf.operator()) {
                    case EQ -> 1;
                    case LTE -> 2;
                    case LT -> 3;
                    case GT -> 4;
                    case GTE -> 5;
                    case REGEX -> 6;
                    case IN -> IN;
                    case OTHER -> 8;
                };
    }

    private static String path(Clause clause) {
        if (clause instanceof Clause.Or or) {
            return Objects.requireNonNullElse(equalities(or), "");
        }
        return clause instanceof Clause.Leaf leaf ? leaf.path() : "";
    }

    private int inDocument(int document, int part) {
        byte[] name = path.part(part);
        int at = FieldPath.find(bytes, document, name);
        if (at < 0) {
            return test.test(ElementTest.MISSING, bytes, 0) ? NOWHERE : NO_MATCH;
        }
        return inValue(bytes[at] & 0xFF, at + name.length + 2, part + 1);
    }

    /** Goes on in a value that the path has led to; {@code part} is what is next. */
    private int inValue(int type, int value, int part) {
        if (part == path.length()) {
            return atEnd(type, value);
        }
        return switch (type) {
            case Bson.DOCUMENT -> inDocument(value, part);
            case Bson.ARRAY -> inArray(value, part);
            default -> test.test(ElementTest.MISSING, bytes, 0) ? NOWHERE : NO_MATCH;
        };
    }

    private int inArray(int array, int part) {
        Doc.Fields f = Doc.view(bytes, array).fields();
        for (int i = 0; f.next(); i++) {
            if (f.type() == Bson.DOCUMENT && inDocument(f.valueStart(), part) != NO_MATCH) {
                return i;
            }
            if (path.isPositional(part) && f.nameIs(path.part(part))) {
                int found = addressed(f, part + 1);
                if (found != NO_MATCH) {
                    return found;
                }
            }
        }
        return NO_MATCH;
    }

    /** In an element that the path names by its number. */
    private int addressed(Doc.Fields f, int part) {
        if (part < path.length() && f.type() != Bson.DOCUMENT && f.type() != Bson.ARRAY) {
            return NO_MATCH;
        }
        return part == path.length() ? whole(f.type(), f.valueStart()) : inValue(f.type(), f.valueStart(), part);
    }

    private int atEnd(int type, int value) {
        if (type == Bson.ARRAY && elements) {
            int found = first(value, test);
            if (found >= 0) {
                return found;
            }
        }
        return whole(type, value);
    }

    private int whole(int type, int value) {
        if (type == Bson.ARRAY && test instanceof ValueTests.AnyElement any) {
            int found = first(value, any.element());
            return found >= 0 ? found : NO_MATCH;
        }
        return test.test(type, bytes, value) ? NOWHERE : NO_MATCH;
    }

    private int first(int array, ElementTest wanted) {
        Doc.Fields f = Doc.view(bytes, array).fields();
        for (int i = 0; f.next(); i++) {
            if (wanted.test(f.type(), bytes, f.valueStart())) {
                return i;
            }
        }
        return NO_MATCH;
    }
}

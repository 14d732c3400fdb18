package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import java.util.Comparator;
import java.util.List;

/**
 * Which element of an array made a document match: what the positional operator {@code $} means. MongoDB's rules: the
 * position in the outermost array that was searched (not addressed by a number); the last condition that searched one wins,
 * conditions being taken in the order in which its planner sorts them; negations and {@code $or} tell nothing.
 */
final class MatchedPosition {
    /** No value passes. */
    private static final int NO_MATCH = -2;

    /** A value passes, and no array was searched for it. */
    private static final int NOWHERE = -1;

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
                found = new MatchedPosition(leaf, document.bytes()).inDocument(document.offset(), 0);
            }
            position = found >= 0 ? found : position;
        }
        return position;
    }

    private static int rank(Clause clause) {
        if (!(clause instanceof Clause.Leaf leaf)) {
            return clause instanceof Clause.Or ? -1 : Integer.MAX_VALUE;
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
                    case IN -> 7;
                    case OTHER -> 8;
                };
    }

    private static String path(Clause clause) {
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

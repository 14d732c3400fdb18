package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes sort keys out of a document, as an index on the same paths would: where paths lead through an array, each of its
 * elements gives one key, and the one that sorts first counts. Two different arrays cannot be sorted by at once.
 */
final class SortKeys {
    private static final String DONE = "\0";

    private final List<Sort.Part> parts;
    private final Collation collation;
    private Value @Nullable [] best;

    private SortKeys(List<Sort.Part> parts, Collation collation) {
        this.parts = parts;
        this.collation = collation;
    }

    static Value[] of(List<Sort.Part> parts, Collation collation, Doc document) {
        Value[] key = new Value[parts.size()];
        boolean plain = true;
        for (int i = 0; i < key.length && plain; i++) {
            Value found = plain(document, parts.get(i).path());
            plain = found != null;
            key[i] = found == null ? Value.NULL : collation.key(found);
        }
        return plain ? key : new SortKeys(parts, collation).smallest(document);
    }

    /** The value where no array is on the way, {@code NULL} where it is missing, null where there is an array. */
    private static @Nullable Value plain(Doc document, String path) {
        Doc at = document;
        int start = 0;
        while (true) {
            int dot = path.indexOf('.', start);
            Value value = at.get(dot < 0 ? path.substring(start) : path.substring(start, dot));
            if (value == null) {
                return Value.NULL;
            }
            if (value.isArray()) {
                return null;
            }
            if (dot < 0) {
                return value;
            }
            if (!value.isDocument()) {
                return Value.NULL;
            }
            at = value.asDoc();
            start = dot + 1;
        }
    }

    private Value[] smallest(Doc document) {
        Value[] at = new Value[parts.size()];
        Arrays.fill(at, Value.document(document));
        String[] rest = parts.stream().map(Sort.Part::path).toArray(String[]::new);
        expand(at, rest);
        if (best == null) {
            throw new AssertionError("a document without a sort key");
        }
        return best;
    }

    /** Walks all paths on to the next array, or to their end; {@code rest} is "" where a path has ended. */
    private void expand(Value[] start, String[] startRest) {
        Value[] at = start.clone();
        String[] rest = startRest.clone();
        Value array = null;
        String arrayPath = "";
        List<Integer> inArray = new ArrayList<>();
        for (int i = 0; i < at.length; i++) {
            String walked = walk(at, rest, i);
            if (at[i].isArray() && !rest[i].equals(DONE)) {
                if (array != null && !arrayPath.equals(walked)) {
                    throw parallel(arrayPath, walked);
                }
                array = at[i];
                arrayPath = walked;
                inArray.add(i);
            }
        }
        if (array == null) {
            offer(at);
            return;
        }
        expandElements(array.asDoc(), at, rest, inArray);
    }

    private static CommandException parallel(String a, String b) {
        return new CommandException(
                ErrorCode.BAD_VALUE, "cannot sort with keys that are parallel arrays: [" + a + "] [" + b + "]");
    }

    /** Moves one path to its next array or its end; the path walked. */
    private static String walk(Value[] at, String[] rest, int i) {
        StringBuilder walked = new StringBuilder();
        while (!rest[i].isEmpty() && !rest[i].equals(DONE) && !at[i].isArray()) {
            int dot = rest[i].indexOf('.');
            String part = dot < 0 ? rest[i] : rest[i].substring(0, dot);
            Value next = at[i].isDocument() ? at[i].asDoc().get(part) : null;
            at[i] = next == null ? Value.NULL : next;
            rest[i] = next == null ? DONE : dot < 0 ? "" : rest[i].substring(dot + 1);
            walked.append(walked.length() == 0 ? "" : ".").append(part);
        }
        if (!at[i].isArray()) {
            rest[i] = DONE;
        }
        return walked.toString();
    }

    private void expandElements(Doc array, Value[] at, String[] rest, List<Integer> inArray) {
        if (array.isEmpty()) {
            Value[] nextAt = at.clone();
            String[] nextRest = rest.clone();
            for (int i : inArray) {
                nextAt[i] = rest[i].isEmpty() ? Sort.UNDEFINED : Value.NULL;
                nextRest[i] = DONE;
            }
            expand(nextAt, nextRest);
            return;
        }
        for (Doc.Fields f = array.fields(); f.next(); ) {
            Value[] nextAt = at.clone();
            String[] nextRest = rest.clone();
            for (int i : inArray) {
                enter(nextAt, nextRest, i, f.value());
            }
            expand(nextAt, nextRest);
        }
    }

    /** Steps into an array element: by its index where the path names one, else by what the element holds. */
    private static void enter(Value[] at, String[] rest, int i, Value element) {
        int dot = rest[i].indexOf('.');
        int index = UpdatePath.index(dot < 0 ? rest[i] : rest[i].substring(0, dot));
        if (rest[i].isEmpty()) {
            at[i] = element;
            rest[i] = DONE;
        } else if (index >= 0) {
            Value indexed = at[i].asDoc().get(Integer.toString(index));
            at[i] = indexed == null ? Value.NULL : indexed;
            rest[i] = dot < 0 ? "" : rest[i].substring(dot + 1);
        } else if (element.isDocument()) {
            at[i] = element;
        } else {
            at[i] = Value.NULL;
            rest[i] = DONE;
        }
    }

    private void offer(Value[] values) {
        Value[] key = values.clone();
        Arrays.setAll(key, i -> collation.key(values[i]));
        if (best == null || compare(key, best) < 0) {
            best = key;
        }
    }

    private int compare(Value[] a, Value[] b) {
        for (int i = 0; i < a.length; i++) {
            int c = BsonOrder.compare(a[i], b[i]);
            if (c != 0) {
                return parts.get(i).ascending() ? c : -c;
            }
        }
        return 0;
    }
}

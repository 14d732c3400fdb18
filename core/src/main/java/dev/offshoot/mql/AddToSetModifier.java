package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code $addToSet}: appends what no element equals, numbers of different types being equal. */
record AddToSetModifier(List<Value> values, Collation collation) implements Modifier {
    /** How many candidates are looked for in a set one by one. */
    private static final int FEW = 4;

    static AddToSetModifier parse(String path, Value argument, Collation collation) {
        if (!argument.isDocument()
                || argument.asDoc().isEmpty()
                || !argument.asDoc().first().name().equals("$each")) {
            return new AddToSetModifier(List.of(argument), collation);
        }
        Doc clauses = argument.asDoc();
        Value each = clauses.first().value();
        if (!each.isArray()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "The argument to $each in $addToSet must be an array but it was of type "
                            + Bson.typeName(each.type()));
        }
        if (clauses.count() > 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "Found unexpected fields after $each in $addToSet: " + ShellText.of(clauses));
        }
        return new AddToSetModifier(missing(List.of(), BsonArrays.elements(each), collation), collation);
    }

    @Override
    public Value apply(@Nullable Value current, Place place) {
        if (current == null) {
            return BsonArrays.of(values);
        }
        if (!current.isArray()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Cannot apply $addToSet to non-array field. Field named '" + place.fieldName()
                            + "' has non-array type " + Bson.typeName(current.type()));
        }
        List<Value> added = missing(BsonArrays.elements(current), values, collation);
        return added.isEmpty() ? current : BsonArrays.append(current, added);
    }

    /** Those candidates that equal nothing in the set, each once. */
    private static List<Value> missing(List<Value> set, List<Value> candidates, Collation collation) {
        return candidates.size() <= FEW
                ? missingOfFew(set, candidates, collation)
                : missingOfMany(set, candidates, collation);
    }

    private static List<Value> missingOfFew(List<Value> set, List<Value> candidates, Collation collation) {
        List<Value> added = new ArrayList<>();
        for (Value candidate : candidates) {
            if (!contains(set, candidate, collation) && !contains(added, candidate, collation)) {
                added.add(candidate);
            }
        }
        return added;
    }

    private static boolean contains(List<Value> set, Value value, Collation collation) {
        for (Value element : set) {
            if (collation.compare(element, value) == 0) {
                return true;
            }
        }
        return false;
    }

    private static List<Value> missingOfMany(List<Value> set, List<Value> candidates, Collation collation) {
        Set<Value> missing = new TreeSet<>(collation::compare);
        missing.addAll(candidates);
        for (int i = 0; i < set.size() && !missing.isEmpty(); i++) {
            missing.remove(set.get(i));
        }
        List<Value> added = new ArrayList<>(missing.size());
        for (Value candidate : candidates) {
            if (missing.remove(candidate)) {
                added.add(candidate);
            }
        }
        return added;
    }
}

package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code $pull} and {@code $pullAll}: drops the elements that match. */
record PullModifier(String name, Predicate<Value> condition) implements Modifier {
    private static final Set<String> OF_DOCUMENTS = Set.of("$and", "$or", "$nor", "$expr", "$comment", "$jsonSchema");

    static PullModifier parse(String path, Value argument, Collation collation) {
        return new PullModifier("$pull", condition(argument, collation));
    }

    static PullModifier parseAll(String path, Value argument, Collation collation) {
        if (!argument.isArray()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "$pullAll requires an array argument but was given a " + Bson.typeName(argument.type()));
        }
        Set<Value> values = new TreeSet<>(collation::compare);
        values.addAll(BsonArrays.elements(argument));
        return new PullModifier("$pullAll", values::contains);
    }

    private static Predicate<Value> condition(Value argument, Collation collation) {
        if (argument.isDocument() && !startsWithOperator(argument.asDoc())) {
            Filter filter = Filter.compile(argument.asDoc(), collation);
            return element -> element.isDocument() && filter.matches(element.asDoc());
        }
        if (argument.isDocument() || argument.type() == Bson.REGEX) {
            Filter filter = Filter.compile(wrapped(argument), collation);
            return element -> filter.matches(wrapped(element));
        }
        return element -> collation.compare(argument, element) == 0;
    }

    /** Of one value, and not of a document as a whole. */
    private static boolean startsWithOperator(Doc condition) {
        return !condition.isEmpty()
                && condition.first().name().startsWith("$")
                && !OF_DOCUMENTS.contains(condition.first().name());
    }

    /** A condition on the element itself is one on a field of a document that holds nothing else. */
    private static Doc wrapped(Value value) {
        return new DocBuilder(value.length() + 16).append("v", value).buildDoc();
    }

    @Override
    public @Nullable Value apply(@Nullable Value current, Place place) {
        if (current == null) {
            return null;
        }
        if (!current.isArray()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "Cannot apply $pull to a non-array value");
        }
        List<Value> before = BsonArrays.elements(current);
        List<Value> kept = new ArrayList<>(before);
        return kept.removeIf(condition) ? BsonArrays.of(kept) : current;
    }

    @Override
    public boolean creates() {
        return false;
    }
}

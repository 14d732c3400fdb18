package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.RandomBson;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Small documents, rich in nesting, and versions of them: fields and elements come, go, move, and change in value or type alone. Names of
 * fields come once in a document, except in some values of {@link RandomBson}.
 */
final class RandomVersions {
    private static final int NAMES = 9;

    private final Random random;
    private final RandomBson bson;

    RandomVersions(long seed) {
        random = new Random(seed);
        bson = new RandomBson(random);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    Doc document() {
        return new DocBuilder()
                .append("_id", random.nextInt(100))
                .appendAll(fields(3))
                .buildDoc();
    }

    /** A version with so many edits. */
    Doc edited(Doc before, int edits) {
        Doc after = before;
        for (int i = 0; i < edits; i++) {
            after = fields(after, true);
        }
        return after;
    }

    private Doc fields(int depth) {
        List<Doc.Field> fields = new ArrayList<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            add(fields, depth);
        }
        return document(fields);
    }

    private Value value(int depth) {
        return switch (depth == 0 ? random.nextInt(2) : random.nextInt(6)) {
            case 0 -> Value.of(random.nextInt(3));
            case 1 -> bson.value(1);
            case 2, 3 -> Value.document(fields(depth - 1));
            case 4 -> Value.array(withIds(depth - 1));
            default -> Value.array(scalars());
        };
    }

    private Doc withIds(int depth) {
        List<Value> elements = new ArrayList<>();
        Set<Integer> ids = new TreeSet<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            if (ids.add(random.nextInt(8))) {
                elements.add(element(id(ids), depth));
            }
        }
        Collections.shuffle(elements, random);
        return array(elements);
    }

    private int id(Set<Integer> ids) {
        return new ArrayList<>(ids).get(ids.size() - 1) + 10 * ids.size();
    }

    private Value element(int id, int depth) {
        DocBuilder element = new DocBuilder();
        Value inLong = random.nextInt(4) == 0 ? Value.of((long) id) : Value.of(id);
        return Value.document(
                element.append("_id", inLong).appendAll(fields(depth)).buildDoc());
    }

    private Doc scalars() {
        List<Value> elements = new ArrayList<>();
        for (int n = random.nextInt(7); n > 0; n--) {
            elements.add(random.nextInt(8) == 0 ? Value.document(fields(1)) : Value.of(random.nextInt(5)));
        }
        return array(elements);
    }

    private Doc fields(Doc before, boolean root) {
        List<Doc.Field> fields = new ArrayList<>();
        before.forEach(fields::add);
        int first = root ? 1 : 0; // the document's _id stays in front
        int at = fields.size() <= first ? 0 : first + random.nextInt(fields.size() - first);
        switch (fields.size() <= first ? 0 : random.nextInt(9)) {
            case 0 -> add(fields, 2);
            case 1 -> fields.remove(at);
            case 2 -> fields.add(first + random.nextInt(fields.size() - first), fields.remove(at));
            default ->
                fields.set(
                        at,
                        new Doc.Field(
                                fields.get(at).name(), edited(fields.get(at).value())));
        }
        return document(fields);
    }

    private void add(List<Doc.Field> fields, int depth) {
        String name = "f" + random.nextInt(NAMES);
        Set<String> names = fields.stream().map(Doc.Field::name).collect(Collectors.toSet());
        if (!names.contains(name)) {
            boolean behind = fields.isEmpty() || random.nextBoolean();
            int at = behind ? fields.size() : 1 + random.nextInt(fields.size());
            fields.add(at, new Doc.Field(name, value(depth)));
        }
    }

    private Value edited(Value value) {
        return switch (value.type()) {
            case Bson.DOCUMENT -> random.nextInt(8) == 0 ? value(1) : Value.document(fields(value.asDoc(), false));
            case Bson.ARRAY -> random.nextInt(8) == 0 ? value(1) : Value.array(elements(value.asDoc()));
            case Bson.INT32 -> random.nextInt(3) == 0 ? Value.of((long) value.asInt32()) : value(0);
            default -> value(0);
        };
    }

    private Doc elements(Doc before) {
        List<Value> elements = new ArrayList<>();
        before.forEach(field -> elements.add(field.value()));
        boolean withIds = !elements.isEmpty()
                && elements.stream().allMatch(e -> e.isDocument() && e.asDoc().has("_id"));
        int at = elements.isEmpty() ? 0 : random.nextInt(elements.size());
        switch (elements.isEmpty() ? 0 : random.nextInt(8)) {
            case 0, 1 -> {
                Value added = withIds ? element(100 + random.nextInt(20), 1) : Value.of(random.nextInt(5));
                elements.add(random.nextBoolean() ? elements.size() : at, added);
            }
            case 2 -> elements.remove(at);
            case 3 -> elements.add(random.nextInt(elements.size()), elements.remove(at));
            default -> elements.set(at, edited(elements.get(at)));
        }
        return array(elements);
    }

    private static Doc document(List<Doc.Field> fields) {
        DocBuilder builder = new DocBuilder();
        fields.forEach(field -> builder.append(field.name(), field.value()));
        return builder.buildDoc();
    }

    private static Doc array(List<Value> elements) {
        return Members.array(elements).asDoc();
    }
}

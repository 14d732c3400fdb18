package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random updates against a slow and obvious model, which works on decoded documents, one path after the other. */
class UpdateModelTest {
    private static final int PROGRAMS = 20_000;

    /** What {@code $} means. */
    private static final int POSITION = 1;

    private final UpdateContext context = new UpdateContext(0, () -> 0, new Random(0));

    @Test
    void a_random_update_gives_what_the_model_gives() {
        int applied = 0;
        int refused = 0;
        int unchanged = 0;
        int chosen = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            BsonDocument before = document(random);
            BsonDocument update = update(random, before);
            String what = "seed " + seed + ": " + update.toJson() + " on " + before.toJson();
            Doc raw = raw(before);
            BsonDocument expected = model(before, update);
            Doc actual;
            try {
                actual = Update.compile(Value.document(raw(update)), false, filters(update), CompileContext.NONE)
                        .apply(raw, POSITION, context);
            } catch (CommandException e) {
                assertThat(expected).as("%s: %s", what, e.message()).isNull();
                refused++;
                continue;
            }
            assertThat(expected).as(what).isNotNull();
            assertThat(Json.text(actual)).as(what).isEqualTo(Json.text(raw(Objects.requireNonNull(expected))));
            assertThat(actual.equals(raw)).as("%s: same instance", what).isEqualTo(same(actual, raw));
            unchanged += same(actual, raw) ? 1 : 0;
            chosen += update.toJson().contains("$[") && !same(actual, raw) ? 1 : 0;
            applied++;
        }
        assertThat(chosen).isGreaterThan(PROGRAMS / 200);
        assertThat(applied).isGreaterThan(PROGRAMS / 4);
        assertThat(refused).isGreaterThan(PROGRAMS / 20);
        assertThat(unchanged).isGreaterThan(PROGRAMS / 50);
    }

    @Test
    void setting_the_same_again_changes_nothing() {
        int applied = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            Doc before = raw(document(random));
            BsonDocument spec = new BsonDocument("$set", new BsonDocument(path(random), value(random, 2)));
            Update update = Update.compile(Value.document(raw(spec)), false);
            Doc once;
            try {
                once = update.apply(before, context);
            } catch (CommandException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.PATH_NOT_VIABLE);
                continue;
            }
            assertThat(same(update.apply(once, context), once))
                    .as("seed %d: %s", seed, spec)
                    .isTrue();
            applied++;
        }
        assertThat(applied).isGreaterThan(PROGRAMS / 4);
    }

    @SuppressWarnings("ReferenceEquality") // the same instance is what is promised
    private static boolean same(Doc a, Doc b) {
        return a == b;
    }

    private static Doc raw(BsonDocument document) {
        RawBsonDocument raw = new RawBsonDocument(document, new BsonDocumentCodec());
        byte[] bytes = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(bytes);
        return Doc.of(bytes);
    }

    // Random input

    private static BsonDocument document(Random random) {
        BsonDocument document = new BsonDocument("_id", new BsonInt32(1));
        for (int i = random.nextInt(4); i > 0; i--) {
            document.put(name(random), value(random, 2));
        }
        return document;
    }

    private static String name(Random random) {
        return String.valueOf((char) ('a' + random.nextInt(4)));
    }

    private static BsonValue value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 6)) {
            case 0 -> new BsonInt32(random.nextInt(3));
            case 1 -> new BsonString("x");
            case 2 -> BsonNull.VALUE;
            case 3 -> {
                BsonArray array = new BsonArray();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                yield array;
            }
            default -> {
                BsonDocument inner = new BsonDocument();
                for (int i = random.nextInt(3); i > 0; i--) {
                    inner.put(name(random), value(random, depth - 1));
                }
                yield inner;
            }
        };
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder(name(random));
        for (int i = random.nextInt(3); i > 0; i--) {
            path.append('.').append(random.nextInt(3) == 0 ? Integer.toString(random.nextInt(4)) : name(random));
        }
        return path.toString();
    }

    /** A path that may choose elements of arrays, mostly where the document has one. */
    private static String choosingPath(Random random, BsonDocument before) {
        List<String> arrays = before.keySet().stream()
                .filter(name -> Objects.requireNonNull(before.get(name)).isArray())
                .toList();
        if (random.nextInt(arrays.isEmpty() ? 10 : 2) != 0) {
            return path(random);
        }
        String[] choices = {"$[]", "$[x]", "$"};
        String rest = random.nextInt(3) == 0 ? "." + (random.nextBoolean() ? "$[]" : name(random)) : "";
        String array = arrays.isEmpty() ? name(random) : arrays.get(random.nextInt(arrays.size()));
        return array + "." + choices[random.nextInt(choices.length)] + rest;
    }

    /** The array filter that takes 1 and documents with a field {@code a}, where the update names it. */
    private static List<Doc> filters(BsonDocument update) {
        return update.toJson().contains("$[x]")
                ? List.of(Json.doc("{$or: [{x: 1}, {'x.a': {$exists: true}}]}"))
                : List.of();
    }

    private static BsonDocument update(Random random, BsonDocument before) {
        BsonDocument update = new BsonDocument();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String[] operators = {"$set", "$unset", "$inc", "$push", "$pop", "$min", "$setOnInsert"};
            String operator = operators[random.nextInt(operators.length)];
            if (!update.containsKey(operator)) {
                update.put(operator, new BsonDocument());
            }
            BsonValue argument =
                    operator.equals("$inc") || operator.equals("$pop") ? new BsonInt32(1) : value(random, 1);
            update.getDocument(operator).put(choosingPath(random, before), argument);
        }
        return update;
    }

    // The model

    /** The updated document, or null where the update is refused. */
    private static @Nullable BsonDocument model(BsonDocument before, BsonDocument update) {
        List<String[]> paths = new ArrayList<>();
        for (String operator : update.keySet()) {
            for (String path : update.getDocument(operator).keySet()) {
                if (paths.stream().anyMatch(other -> conflict(other[1], path))) {
                    return null;
                }
                paths.add(new String[] {operator, path});
            }
        }
        BsonDocument after = before.clone();
        List<String[]> concrete = new ArrayList<>();
        for (String[] path : paths) {
            if (!choose(List.of(path[1].split("\\.")), 0, before, List.of(), path[0], path[1], concrete)) {
                return null;
            }
        }
        for (int i = 0; i < concrete.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (conflict(concrete.get(i)[1], concrete.get(j)[1])) {
                    return null;
                }
            }
        }
        concrete.sort(Comparator.comparing(p -> p[1].split("\\."), UpdateModelTest::comparePaths));
        for (String[] path : concrete) {
            BsonValue argument =
                    Objects.requireNonNull(update.getDocument(path[0]).get(path[2]));
            if (!apply(path[0], argument, after, List.of(path[1].split("\\.")))) {
                return null;
            }
        }
        return after;
    }

    /** Whether two paths are one within the other, or mix fields with chosen elements. */
    private static boolean conflict(String a, String b) {
        if (a.equals(b) || a.startsWith(b + ".") || b.startsWith(a + ".")) {
            return true;
        }
        String[] as = a.split("\\.");
        String[] bs = b.split("\\.");
        int common = 0;
        while (as[common].equals(bs[common])) {
            common++;
        }
        return as[common].startsWith("$[") != bs[common].startsWith("$[");
    }

    /** Adds the paths of single values that a path with choices means; false where it cannot be applied. */
    private static boolean choose(
            List<String> parts,
            int next,
            @Nullable BsonValue at,
            List<String> taken,
            String operator,
            String path,
            List<String[]> concrete) {
        if (next == parts.size()) {
            concrete.add(new String[] {operator, String.join(".", taken), path});
            return true;
        }
        String part = parts.get(next);
        if (!part.startsWith("$[")) {
            String name = part.equals("$") ? Integer.toString(POSITION) : part;
            return choose(parts, next + 1, childOrNull(at, name), joined(taken, name), operator, path, concrete);
        }
        if (at == null || !at.isArray()) {
            return false;
        }
        for (int i = 0; i < at.asArray().size(); i++) {
            BsonValue element = at.asArray().get(i);
            if ((part.equals("$[]") || isTaken(element))
                    && !choose(
                            parts, next + 1, element, joined(taken, Integer.toString(i)), operator, path, concrete)) {
                return false;
            }
        }
        return true;
    }

    private static List<String> joined(List<String> taken, String name) {
        List<String> longer = new ArrayList<>(taken);
        longer.add(name);
        return longer;
    }

    private static boolean isTaken(BsonValue element) {
        if (element.isArray()) {
            return element.asArray().stream()
                    .anyMatch(inner -> isOne(inner)
                            || (inner.isDocument() && inner.asDocument().containsKey("a")));
        }
        return isOne(element) || (element.isDocument() && element.asDocument().containsKey("a"));
    }

    private static boolean isOne(BsonValue value) {
        return value.isInt32() && value.asInt32().getValue() == 1;
    }

    private static @Nullable BsonValue childOrNull(@Nullable BsonValue parent, String name) {
        if (parent == null || parent.isDocument()) {
            return parent == null ? null : parent.asDocument().get(name);
        }
        return parent.isArray() && Character.isDigit(name.charAt(0)) ? child(parent, name) : null;
    }

    private static int comparePaths(String[] a, String[] b) {
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            boolean numbers = Character.isDigit(a[i].charAt(0)) && Character.isDigit(b[i].charAt(0));
            int c = numbers ? Integer.compare(Integer.parseInt(a[i]), Integer.parseInt(b[i])) : a[i].compareTo(b[i]);
            if (c != 0) {
                return c;
            }
        }
        return Integer.compare(a.length, b.length);
    }

    private static boolean apply(String operator, BsonValue argument, BsonValue parent, List<String> path) {
        if (operator.equals("$setOnInsert")) {
            return true;
        }
        boolean tolerant = operator.equals("$unset");
        if (!parent.isDocument()
                && !(parent.isArray() && Character.isDigit(path.get(0).charAt(0)))) {
            return tolerant;
        }
        BsonValue current = child(parent, path.get(0));
        if (path.size() > 1 && current != null) {
            return apply(operator, argument, current, path.subList(1, path.size()));
        }
        boolean creates = !tolerant && !operator.equals("$pop");
        if (path.size() > 1) {
            if (creates) {
                BsonDocument made = new BsonDocument();
                put(parent, path.get(0), made);
                return apply(operator, argument, made, path.subList(1, path.size()));
            }
            return true;
        }
        if (current == null && !creates) {
            return true;
        }
        BsonValue next = changed(operator, argument, current);
        if (next == null && !tolerant) {
            return false;
        }
        put(parent, path.get(0), next);
        return true;
    }

    private static @Nullable BsonValue child(BsonValue parent, String name) {
        if (parent.isDocument()) {
            return parent.asDocument().get(name);
        }
        int index = Integer.parseInt(name);
        return index < parent.asArray().size() ? parent.asArray().get(index) : null;
    }

    private static void put(BsonValue parent, String name, @Nullable BsonValue value) {
        if (parent.isDocument() && value == null) {
            parent.asDocument().remove(name);
        } else if (parent.isDocument()) {
            parent.asDocument().put(name, value);
        } else {
            BsonArray array = parent.asArray();
            int index = Integer.parseInt(name);
            while (array.size() <= index) {
                array.add(BsonNull.VALUE);
            }
            array.set(index, value == null ? BsonNull.VALUE : value);
        }
    }

    /** The new value; null where it goes away or the operator does not fit. */
    private static @Nullable BsonValue changed(String operator, BsonValue argument, @Nullable BsonValue current) {
        return switch (operator) {
            case "$set" -> argument;
            case "$inc" -> incremented(argument, current);
            case "$push" -> pushed(argument, current == null ? new BsonArray() : current);
            case "$pop" -> popped(current);
            case "$min" -> current == null || order(argument, current) < 0 ? argument : current;
            default -> null;
        };
    }

    private static @Nullable BsonValue incremented(BsonValue argument, @Nullable BsonValue current) {
        if (current == null) {
            return argument;
        }
        return current.isInt32() ? new BsonInt32(current.asInt32().getValue() + 1) : null;
    }

    private static @Nullable BsonValue pushed(BsonValue argument, BsonValue current) {
        if (!current.isArray()) {
            return null;
        }
        BsonArray array = current.asArray().clone();
        array.add(argument);
        return array;
    }

    private static @Nullable BsonValue popped(@Nullable BsonValue current) {
        if (current == null || !current.isArray()) {
            return null;
        }
        BsonArray array = current.asArray().clone();
        if (!array.isEmpty()) {
            array.remove(array.size() - 1);
        }
        return array;
    }

    private static int order(BsonValue a, BsonValue b) {
        return BsonOrder.compare(
                raw(new BsonDocument("v", a)).first().value(),
                raw(new BsonDocument("v", b)).first().value());
    }
}

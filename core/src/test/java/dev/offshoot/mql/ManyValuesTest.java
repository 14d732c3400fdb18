package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Commander;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/** Updates of many values and many paths give what they would give one after the other. */
class ManyValuesTest {
    private static final int PROGRAMS = 3_000;
    private static final Collation WORDS = Collation.parse(Json.doc("{locale: 'en', strength: 2}"), "collation");
    private static final int POSITION = 2;

    private final UpdateContext context = new UpdateContext(0, () -> 0, new Random(0));

    @Test
    void values_that_are_added_to_a_set_or_pulled_are_compared_as_mongodb_compares_them() {
        int added = 0;
        int pulled = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            Collation collation = random.nextBoolean() ? Collation.SIMPLE : WORDS;
            BsonArray array = array(random);
            BsonArray values = array(random);
            String what = "seed " + seed + ": " + values + " and " + array;
            List<Value> before = elements(array);
            List<Value> kept = new ArrayList<>(before);
            List<Value> all = new ArrayList<>(before);
            for (Value value : elements(values)) {
                kept.removeIf(element -> collation.compare(element, value) == 0);
                if (all.stream().noneMatch(element -> collation.compare(element, value) == 0)) {
                    all.add(value);
                }
            }
            Doc document = Commander.encode(new BsonDocument("a", array));
            BsonDocument each = new BsonDocument("$each", values);
            assertThat(updated(document, "$addToSet", each, collation)).as(what).isEqualTo(BsonArrays.of(all));
            assertThat(updated(document, "$pullAll", values, collation))
                    .as(what)
                    .isEqualTo(BsonArrays.of(kept));
            added += all.size() - before.size();
            pulled += before.size() - kept.size();
        }
        assertThat(added).isGreaterThan(PROGRAMS);
        assertThat(pulled).isGreaterThan(PROGRAMS);
    }

    private static BsonArray array(Random random) {
        BsonArray array = new BsonArray();
        for (int i = random.nextInt(20); i > 0; i--) {
            array.add(value(random, 1));
        }
        return array;
    }

    private static BsonValue value(Random random, int depth) {
        int number = random.nextInt(8);
        return switch (random.nextInt(3 + 2 * depth)) {
            case 0 -> random.nextBoolean() ? new BsonInt32(number) : new BsonInt64(number);
            case 1 -> new BsonDouble(number / 2.0);
            case 2 ->
                new BsonString(List.of("x", "X", "é", "É", "e", "ß", "ss", "xß").get(number));
            case 3 -> new BsonDocument("x", value(random, 0));
            default -> new BsonArray(List.of(value(random, 0)));
        };
    }

    private static List<Value> elements(BsonArray array) {
        return BsonArrays.elements(
                Commander.encode(new BsonDocument("a", array)).first().value());
    }

    private Value updated(Doc document, String operator, BsonValue argument, Collation collation) {
        Doc spec = Commander.encode(new BsonDocument(operator, new BsonDocument("a", argument)));
        return Update.compile(Value.document(spec), false, List.of(), CompileContext.NONE.with(collation))
                .apply(document, context)
                .first()
                .value();
    }

    @Test
    void many_paths_give_what_each_gives_on_its_own() {
        int paths = 0;
        for (int seed = 0; seed < PROGRAMS / 10; seed++) {
            Random random = new Random(seed);
            Doc before = Commander.encode(document(random));
            BsonDocument set = new BsonDocument();
            for (int i = 1 + random.nextInt(60); i > 0; i--) {
                set.put(path(random), new BsonInt32(i));
            }
            Doc expected = before;
            for (String path : set.keySet()) {
                expected = set(expected, new BsonDocument(path, set.get(path)));
            }
            assertThat(Commander.decode(set(before, set)))
                    .as("seed %d: %s on %s", seed, set, before)
                    .isEqualTo(Commander.decode(expected));
            paths += set.size();
        }
        assertThat(paths).isGreaterThan(PROGRAMS / 2);
    }

    private static BsonDocument document(Random random) {
        BsonArray numbers = new BsonArray();
        BsonArray documents = new BsonArray();
        BsonDocument fields = new BsonDocument();
        for (int i = 0; i < 30; i++) {
            numbers.add(new BsonInt32(-i));
            fields.put(name(random), new BsonInt32(-i));
        }
        for (int i = 0; i < 4; i++) {
            documents.add(new BsonDocument(name(random), new BsonInt32(-i)));
        }
        return new BsonDocument("n", numbers).append("d", documents).append("f", fields);
    }

    private static String path(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> "n." + random.nextInt(50);
            case 1 -> "d.$." + name(random);
            case 2 -> "d.0." + name(random);
            case 3 -> "f." + name(random);
            default -> "new" + name(random);
        };
    }

    /** Hexadecimal, so that some are numbers and some are not. */
    private static String name(Random random) {
        return Integer.toHexString(random.nextInt(300));
    }

    private Doc set(Doc before, BsonDocument fields) {
        Doc spec = Commander.encode(new BsonDocument("$set", fields));
        return Update.compile(Value.document(spec), false).apply(before, POSITION, context);
    }

    @Test
    void names_that_have_no_common_order_with_numbers_are_no_error() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            BsonDocument set = new BsonDocument();
            for (int i = 0; i < 400; i++) {
                set.put(Integer.toHexString(random.nextInt(4_000)), new BsonInt32(i));
            }
            assertThat(Commander.decode(set(Doc.EMPTY, set)))
                    .as("seed %d", seed)
                    .isEqualTo(set);
        }
    }
}

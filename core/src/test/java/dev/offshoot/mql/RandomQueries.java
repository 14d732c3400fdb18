package dev.offshoot.mql;

import java.util.List;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Random documents and filters over so few names and values that about half of them match. */
public final class RandomQueries {
    static final List<String> PATHS = List.of("a", "b", "c", "a.b", "a.c", "b.a", "a.0", "a.b.c", "a.1.b", "a.0.0");
    private static final List<String> NAMES = List.of("a", "a", "b", "b", "c", "d_longer_name");
    private static final List<String> COMPARISONS = List.of("$eq", "$ne", "$lt", "$lte", "$gt", "$gte");

    private final Random random;

    public RandomQueries(Random random) {
        this.random = random;
    }

    public BsonDocument document(int depth) {
        BsonDocument document = new BsonDocument();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            document.append(one(NAMES), value(depth));
        }
        return document;
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    public BsonValue value(int depth) {
        int kind = random.nextInt(depth > 0 ? 14 : 8);
        return switch (kind) {
            case 0, 1, 2 -> new BsonInt32(random.nextInt(2));
            case 3 -> new BsonInt64(random.nextInt(3));
            case 4 -> random.nextInt(6) == 0 ? new BsonDouble(Double.NaN) : new BsonDouble(random.nextInt(4) / 2.0);
            case 5 -> new BsonString(one(List.of("", "x", "xy", "z")));
            case 6 -> BsonNull.VALUE;
            case 7 -> BsonBoolean.valueOf(random.nextBoolean());
            case 8, 9, 10 -> document(depth - 1);
            default -> array(depth - 1);
        };
    }

    private BsonArray array(int depth) {
        BsonArray array = new BsonArray();
        for (int n = random.nextInt(4); n > 0; n--) {
            array.add(value(depth));
        }
        return array;
    }

    private BsonValue operand() {
        return value(random.nextInt(4) == 0 ? 1 : 0);
    }

    public BsonDocument filter(int depth) {
        BsonDocument filter = new BsonDocument();
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            if (depth > 0 && random.nextInt(5) == 0) {
                filter.append(one(List.of("$and", "$or", "$nor")), filters(depth - 1));
            } else {
                String path = random.nextBoolean() ? "a" : one(PATHS);
                filter.append(path, random.nextInt(3) == 0 ? operand() : operators(depth));
            }
        }
        return filter;
    }

    /** Conditions that an index on these paths can answer, in part. */
    public BsonDocument indexable(List<String> paths) {
        BsonDocument filter = new BsonDocument();
        for (String path : paths) {
            if (path.equals(paths.get(0)) || random.nextBoolean()) {
                BsonDocument operators = new BsonDocument(one(COMPARISONS), operand());
                switch (random.nextInt(4)) {
                    case 0 -> filter.append(path, operand());
                    case 1 -> filter.append(path, operators);
                    case 2 -> filter.append(path, operators.append(one(COMPARISONS), value(0)));
                    default -> filter.append(path, new BsonDocument("$in", new BsonArray(List.of(value(0), value(1)))));
                }
            }
        }
        return filter;
    }

    private BsonArray filters(int depth) {
        BsonArray filters = new BsonArray();
        for (int n = 1 + random.nextInt(2); n > 0; n--) {
            filters.add(filter(depth));
        }
        return filters;
    }

    private BsonDocument operators(int depth) {
        BsonDocument operators = new BsonDocument();
        for (int n = random.nextInt(3) == 0 ? 2 : 1; n > 0; n--) {
            operator(operators, depth);
        }
        return operators;
    }

    private void operator(BsonDocument operators, int depth) {
        switch (random.nextInt(depth > 0 ? 13 : 10)) {
            case 0, 1, 2, 3, 4 -> operators.append(one(COMPARISONS), operand());
            case 5, 6 -> operators.append(one(List.of("$in", "$nin")), array(1));
            case 7 -> operators.append("$exists", BsonBoolean.valueOf(random.nextBoolean()));
            case 8 -> operators.append("$size", new BsonInt32(random.nextInt(3)));
            case 9 -> {
                if (random.nextBoolean()) {
                    operators.append("$all", array(1));
                } else {
                    operators.append("$type", new BsonString(one(List.of("double", "string", "array"))));
                }
            }
            case 10 -> operators.append("$not", operators(depth - 1));
            default -> operators.append("$elemMatch", random.nextBoolean() ? operators(depth - 1) : filter(depth - 1));
        }
    }
}

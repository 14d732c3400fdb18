package dev.offshoot.wal;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.RandomBson;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Documents of some kilobytes and next versions of them, as updates make them and as nobody would. */
final class RandomEdits {
    private final Random random;
    private final RandomBson bson;

    RandomEdits(long seed) {
        random = new Random(seed);
        bson = new RandomBson(random);
    }

    Doc document() {
        DocBuilder builder = new DocBuilder().append("_id", random.nextInt());
        for (int i = random.nextInt(40); i >= 0; i--) {
            builder.append("f" + i, value(2));
        }
        return builder.buildDoc();
    }

    /** A version with so many edits: some small, some that leave nothing in its place; 0 for a document of its own. */
    Doc edited(Doc before, int edits) {
        Doc after = edits == 0 ? document() : before;
        for (int i = 0; i < edits; i++) {
            after = edited(after, false);
        }
        return after;
    }

    private Doc edited(Doc before, boolean array) {
        List<Doc.Field> fields = new ArrayList<>();
        before.forEach(fields::add);
        int at = fields.isEmpty() ? 0 : random.nextInt(fields.size());
        switch (fields.isEmpty() ? 0 : random.nextInt(9)) {
            case 0 -> fields.add(at, new Doc.Field("n" + random.nextInt(20), value(1)));
            case 1 -> fields.remove(at);
            case 2 -> fields.add(new Doc.Field("p" + random.nextInt(20), value(1)));
            case 3 -> fields.set(at, new Doc.Field("r" + at, fields.get(at).value()));
            case 4 -> Collections.rotate(fields, 1 + random.nextInt(3));
            case 5 -> Collections.swap(fields, at, random.nextInt(fields.size()));
            default ->
                fields.set(
                        at,
                        new Doc.Field(
                                fields.get(at).name(), edited(fields.get(at).value())));
        }
        DocBuilder builder = new DocBuilder();
        for (int i = 0; i < fields.size(); i++) {
            builder.append(
                    array ? Integer.toString(i) : fields.get(i).name(),
                    fields.get(i).value());
        }
        return builder.buildDoc();
    }

    private Value edited(Value value) {
        if (value.isDocument()) {
            return Value.document(edited(value.asDoc(), false));
        }
        if (value.isArray()) {
            return Value.array(edited(value.asDoc(), true));
        }
        if (value.isString() && random.nextBoolean()) {
            StringBuilder text = new StringBuilder(value.asString());
            return Value.of(text.insert(random.nextInt(text.length() + 1), "+".repeat(random.nextInt(5)))
                    .toString());
        }
        return bson.value(1);
    }

    private Value value(int depth) {
        return switch (depth == 0 ? random.nextInt(2) : random.nextInt(4)) {
            case 0 -> Value.of(Long.toString(random.nextLong(), 36).repeat(1 + random.nextInt(10)));
            case 1 -> bson.value(1);
            case 2 -> Value.document(fields(depth, false));
            default -> Value.array(fields(depth, true));
        };
    }

    private Doc fields(int depth, boolean array) {
        DocBuilder builder = new DocBuilder();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            builder.append(array ? Integer.toString(i) : "f" + i, value(depth - 1));
        }
        return builder.buildDoc();
    }
}

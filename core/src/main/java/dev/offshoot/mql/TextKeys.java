package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import dev.offshoot.text.TextException;
import dev.offshoot.text.TextFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Keys of a text index: a term of the document and what it weighs in it, for each term, with the values of the fields before and after
 * the texts.
 *
 * @param pattern {@code _fts} and {@code _ftsx} stand for the texts
 */
record TextKeys(Doc pattern, FieldPath[] fields, PathKeys.Order[] orders, TextFields texts) implements KeyMaker {
    static CommandException error(TextException e) {
        return new CommandException(
                e.code() == ErrorCode.BAD_VALUE.number() ? ErrorCode.BAD_VALUE : ErrorCode.location(e.code()),
                e.reason());
    }

    @Override
    public IndexKeys.Keys keys(byte[] bytes, int offset) {
        Map<String, Double> scores;
        try {
            scores = texts.scores(Doc.view(bytes, offset));
        } catch (TextException e) {
            throw error(e);
        }
        List<byte[]> keys = new ArrayList<>(scores.size());
        List<Value> others = scores.isEmpty() ? List.of() : others(bytes, offset);
        scores.forEach((term, weight) -> keys.add(key(others, term, weight)));
        keys.sort(Arrays::compareUnsigned);
        return new IndexKeys.Keys(KeyExtractor.distinct(keys), null, keys.size() > 1 ? arrays() : ArrayPaths.NONE);
    }

    private ArrayPaths arrays() {
        long[] arrays = new long[fields.length];
        for (int i = 0; i < fields.length; i++) {
            arrays[i] = orders[i] == PathKeys.Order.TEXT ? 1 : 0;
        }
        return ArrayPaths.of(arrays);
    }

    /** The values of the fields before and after the texts, which all keys have; null in the place of the texts. */
    private List<Value> others(byte[] bytes, int offset) {
        List<Value> others = new ArrayList<>(fields.length);
        for (FieldPath field : fields) {
            others.add(isText(field.toString()) ? Value.NULL : plain(bytes, offset, field));
        }
        return others;
    }

    private static boolean isText(String name) {
        return name.equals("_fts") || name.equals("_ftsx");
    }

    private byte[] key(List<Value> others, String term, double weight) {
        KeyWriter writer = new KeyWriter();
        for (int i = 0; i < fields.length; i++) {
            String name = fields[i].toString();
            if (isText(name)) {
                writer.append(name.equals("_fts") ? Value.of(term) : Value.of(weight), false);
            } else {
                writer.append(others.get(i), orders[i] == PathKeys.Order.DESCENDING);
            }
        }
        return writer.toBytes();
    }

    private static Value plain(byte[] bytes, int offset, FieldPath path) {
        Value[] found = {Value.NULL};
        path.any(
                bytes,
                offset,
                new ElementTest() {
                    @Override
                    boolean test(int type, byte[] from, int at) {
                        if (type == dev.offshoot.bson.Bson.ARRAY) {
                            throw new CommandException(
                                    ErrorCode.location(16675), "cannot have a multi-key as a prefix to a text index");
                        }
                        found[0] = type == MISSING ? Value.NULL : Value.view(type, from, at);
                        return true;
                    }
                },
                false);
        return found[0];
    }
}

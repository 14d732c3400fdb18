package dev.offshoot.engine;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;

/** What the statistics commands count with. */
final class Sizes {
    private static final int SAMPLED_ENTRIES = 1000;

    private Sizes() {}

    /** What sizes are divided by: 1 unless the command says so. */
    static long scale(Invocation call) {
        long scale = call.number("scale", 1);
        if (scale < 1) {
            throw new CommandException(
                    ErrorCode.location(51024), "BSON field 'scale' value must be >= 1, actual value '" + scale + "'");
        }
        return scale;
    }

    /** An int32 where it fits. */
    static Value number(long number) {
        return number == (int) number ? Value.of((int) number) : Value.of(number);
    }

    static long indexBytes(CollectionSnapshot collection) {
        return collection.indexes().stream().mapToLong(Sizes::indexBytes).sum();
    }

    /** About how many bytes the entries of an index take: their number times what the first of them take on average. */
    static long indexBytes(IndexSnapshot index) {
        Cursor<byte[]> entries = index.entries().ascending(null, null);
        long sampled = 0;
        long bytes = 0;
        while (sampled < SAMPLED_ENTRIES && entries.next()) {
            bytes += entries.key().length + RecordId.BYTES;
            sampled++;
        }
        return sampled == 0 ? 0 : bytes * index.entries().size() / sampled;
    }
}

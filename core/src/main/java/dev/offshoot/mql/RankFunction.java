package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $rank}, {@code $denseRank} and {@code $documentNumber}. */
record RankFunction(Expression input, boolean dense, boolean number) implements WindowFunction {
    static WindowFunction parse(WindowFunctions.Call call) {
        if (call.window() != null) {
            throw Operands.error(5371601, "Rank style window functions take no other arguments");
        }
        if (!call.argument().isDocument() || !call.argument().asDoc().isEmpty()) {
            throw Operands.error(5371603, call.name() + " must be specified with '{}' as the value");
        }
        Sort sort = Sort.of(call.onlyPart(5371602), call.parser().collation());
        Expression key = scope -> sort.key(scope.root().asDoc())[0];
        return new RankFunction(
                key, call.name().equals("$denseRank"), call.name().equals("$documentNumber"));
    }

    @Override
    public Values over(Partition partition, int place, PipelineContext context) {
        return new Ranks(partition.inputs(place));
    }

    private final class Ranks implements Values {
        private final List<@Nullable Value> keys;
        private int rank;

        Ranks(List<@Nullable Value> keys) {
            this.keys = keys;
        }

        @Override
        public Value at(int document) {
            if (number || document == 0 || !same(keys.get(document - 1), keys.get(document))) {
                rank = dense ? rank + 1 : document + 1;
            }
            return Value.of(rank);
        }

        private static boolean same(@Nullable Value a, @Nullable Value b) {
            if (a == null || b == null || Operands.isNullish(a) || Operands.isNullish(b)) {
                return Operands.isNullish(a) && Operands.isNullish(b);
            }
            return BsonOrder.compare(a, b) == 0;
        }
    }
}

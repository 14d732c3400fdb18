package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run of {@code $setWindowFields} over sorted documents: reads a whole partition, then gives its documents out with their fields.
 * What the functions take from the documents is held in memory, the documents themselves may be spilled.
 */
final class Partitions extends Iterators.Ahead {
    private final SetWindowFieldsStage stage;
    private final Iterator<Doc> sorted;
    private final PipelineContext context;
    private final @Nullable Expression order;
    private @Nullable Doc next;
    private Value nextPartition = Value.NULL;

    private DocBuffer documents;
    private Iterator<Doc> current = Collections.emptyIterator();
    private List<WindowFunction.Values> values = List.of();
    private int place;

    Partitions(SetWindowFieldsStage stage, Iterator<Doc> sorted, PipelineContext context) {
        this.stage = stage;
        this.sorted = sorted;
        this.context = context;
        this.documents = buffer();
        Sort sortBy = stage.sortBy();
        this.order = sortBy == null || sortBy.isEmpty()
                ? null
                : WindowFunctions.Call.order(sortBy.parts().get(0));
    }

    private DocBuffer buffer() {
        return new DocBuffer("$setWindowFields", context);
    }

    @Override
    @Nullable
    Doc find() {
        if (!current.hasNext()) {
            documents.discard();
            documents = buffer();
            read();
            current = documents.iterator();
        }
        return current.hasNext() ? withFields(current.next(), place++) : null;
    }

    private void read() {
        if (next == null && sorted.hasNext()) {
            advance();
        }
        if (next == null) {
            return;
        }
        Value key = nextPartition;
        Partition partition = new Partition(stage.functions().size());
        while (next != null && BsonOrder.compare(nextPartition, key) == 0) {
            add(partition, next);
            next = null;
            if (sorted.hasNext()) {
                advance();
            }
        }
        place = 0;
        values = new ArrayList<>();
        for (int i = 0; i < stage.functions().size(); i++) {
            values.add(stage.functions().get(i).over(partition, i, context));
        }
    }

    private void advance() {
        Doc read = sorted.next();
        next = read;
        nextPartition = stage.partition(read, context);
    }

    private void add(Partition partition, Doc document) {
        documents.add(document);
        Scope scope = Scope.of(document, context);
        partition.addOrder(order == null ? null : order.evaluate(scope));
        for (int i = 0; i < stage.functions().size(); i++) {
            partition.addInput(i, stage.functions().get(i).input().evaluate(scope));
        }
        if (partition.heldBytes() > context.memoryBytesMax()) {
            throw Operands.error(
                    5414201,
                    "Exceeded memory limit in DocumentSourceSetWindowFields, used " + partition.heldBytes()
                            + " bytes but max allowed is " + context.memoryBytesMax());
        }
    }

    private Doc withFields(Doc document, int at) {
        Scope scope = Scope.of(document, context);
        for (int i = 0; i < values.size(); i++) {
            scope = scope.with(SetWindowFieldsStage.variable(i), values.get(i).at(at));
        }
        return stage.fields().compute(document, scope);
    }
}

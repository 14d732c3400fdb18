package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A search of a {@code $graphLookup} from one document, breadth first: each step finds the documents whose {@code connectToField} has one of
 * the values that the last one brought. Serves once.
 */
final class GraphSearch {
    private final GraphLookupStage stage;
    private final ForeignJoin join;
    private final PipelineContext context;
    private final @Nullable Filter restriction;
    private final Filter exists; // a filter for null also finds documents without the field
    private final Map<GroupKey, Doc> reached = new LinkedHashMap<>();
    private final Set<GroupKey> asked = new LinkedHashSet<>();
    private Set<GroupKey> frontier = new LinkedHashSet<>();
    private long bytes;

    GraphSearch(GraphLookupStage stage, ForeignJoin join, PipelineContext context) {
        this.stage = stage;
        this.join = join;
        this.context = context;
        this.exists = Filter.compile(new DocBuilder()
                .startDocument(stage.connectTo().text())
                .append("$exists", true)
                .end()
                .buildDoc());
        this.restriction =
                stage.restriction() == null ? null : stage.restriction().in(context);
    }

    /** The document with the array of those that can be reached from it. */
    Doc reachedFrom(Doc start) {
        Value value = stage.startWith().evaluate(start, context);
        if (value != null && value.isArray()) {
            BsonArrays.elements(value).forEach(this::add);
        } else if (value != null) {
            add(value);
        }
        for (long depth = 0; !frontier.isEmpty() && depth <= stage.maxDepth(); depth++) {
            step(depth);
        }
        List<Value> documents = reached.values().stream().map(Value::document).toList();
        return FieldEdit.set(start, stage.as().parts(), BsonArrays.of(documents));
    }

    private void add(Value value) {
        GroupKey key = GroupKey.of(value, stage.collation());
        if (asked.add(key)) {
            frontier.add(key);
            hold(value.length());
        }
    }

    private void step(long depth) {
        context.collections().checkTime();
        List<Value> values = new ArrayList<>();
        frontier.forEach(key -> values.add(key.value()));
        frontier = new LinkedHashSet<>();
        boolean nulls = values.stream().anyMatch(value -> value.type() == Bson.NULL);
        for (Iterator<Doc> found = join.find(values); found.hasNext(); ) {
            Doc doc = found.next();
            if ((restriction == null || restriction.matches(doc)) && (!nulls || exists.matches(doc))) {
                visit(doc, depth);
            }
        }
    }

    private void visit(Doc doc, long depth) {
        Value id = doc.get("_id");
        if (id == null) {
            throw new CommandException(
                    ErrorCode.location(40271),
                    "Documents in the '" + stage.from()
                            + "' namespace must contain an _id for de-duplication in $graphLookup");
        }
        GroupKey key = new GroupKey(id);
        if (reached.containsKey(key)) {
            return;
        }
        Doc with = stage.depthField() == null
                ? doc
                : FieldEdit.set(doc, stage.depthField().parts(), Value.of(depth));
        PathValues.each(with, stage.connectFrom().parts(), this::add);
        reached.put(key, with);
        hold(with.length() + id.length());
    }

    private void hold(long more) {
        bytes += more;
        if (bytes > context.memoryBytesMax()) {
            throw new CommandException(ErrorCode.location(40099), "$graphLookup reached maximum memory consumption");
        }
    }
}

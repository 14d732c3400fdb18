package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the version after from the version before and the changes between them. Used once, by one thread. */
final class DiffPatch {
    private static final Comparator<Placed> BY_POSITION = Comparator.comparingInt(Placed::position);

    private final Node root = new Node();

    DiffPatch(List<FieldChange> changes) {
        changes.forEach(this::add);
    }

    private void add(FieldChange change) {
        Node node = root;
        for (DocPath.Step step : change.path().steps()) {
            node = node.below.computeIfAbsent(step, s -> new Node());
        }
        FieldChange there = switch (change.kind()) {
            case ADDED -> node.added;
            case MOVED -> node.moved;
            case REMOVED, CHANGED -> node.here;
        };
        if (there != null) {
            throw misfit(change.path(), "two changes of one kind");
        }
        switch (change.kind()) {
            case ADDED -> node.added = change;
            case MOVED -> node.moved = change;
            case REMOVED, CHANGED -> node.here = change;
        }
    }

    Doc apply(Doc before) {
        Value after = patched(DocPath.ROOT, Value.document(before), root);
        if (after == null || !after.isDocument()) {
            throw misfit(DocPath.ROOT, "the document becomes another value");
        }
        return after.asDoc();
    }

    /** The value after; null where it was removed. */
    private static @Nullable Value patched(DocPath path, Value before, Node node) {
        FieldChange change = node.here;
        if (change != null) {
            if (!before.equals(change.before())) {
                throw misfit(path, "expected " + change.before() + ", found " + before);
            }
            return change.after();
        }
        return node.below.isEmpty() ? before : container(path, before, node);
    }

    private static Value container(DocPath path, Value before, Node node) {
        boolean array = before.isArray();
        if (!array && !before.isDocument()) {
            throw misfit(path, "expected a document or an array, found " + before);
        }
        boolean byId = node.below.keySet().iterator().next() instanceof DocPath.Element;
        List<Placed> stay = new ArrayList<>();
        List<Placed> arrive = new ArrayList<>();
        int met = 0;
        int i = 0;
        for (Doc.Field field : before.asDoc()) {
            DocPath.Step step = array ? element(field.value(), i, byId) : new DocPath.Field(field.name());
            Node below = step == null ? null : node.below.get(step);
            met += below == null || !below.isAboutBefore() ? 0 : 1;
            Value after =
                    step == null || below == null ? field.value() : patched(path.then(step), field.value(), below);
            if (after != null) {
                FieldChange moved = below == null ? null : below.moved;
                (moved == null ? stay : arrive)
                        .add(new Placed(field.name(), after, moved == null ? i : moved.position()));
            }
            i++;
        }
        int expected = 0;
        for (Map.Entry<DocPath.Step, Node> entry : node.below.entrySet()) {
            expected += entry.getValue().isAboutBefore() ? 1 : 0;
            FieldChange added = entry.getValue().added;
            if (added != null && added.after() != null) {
                arrive.add(new Placed(name(entry.getKey()), added.after(), added.position()));
            }
        }
        if (met != expected) {
            throw misfit(path, expected + " of its fields or elements change, " + met + " of them are there");
        }
        return built(path, before.type(), stay, arrive);
    }

    private static DocPath.@Nullable Step element(Value element, int position, boolean byId) {
        if (!byId) {
            return new DocPath.Position(position);
        }
        Value id = element.isDocument() ? element.asDoc().get("_id") : null;
        return id == null ? null : new DocPath.Element(id);
    }

    /** Arrivals take their positions, and the others the places between them. */
    private static Value built(DocPath path, int type, List<Placed> stay, List<Placed> arrive) {
        arrive.sort(BY_POSITION);
        DocBuilder out = new DocBuilder();
        int stayed = 0;
        int arrived = 0;
        int size = stay.size() + arrive.size();
        for (int i = 0; i < size; i++) {
            boolean arrives = arrived < arrive.size() && arrive.get(arrived).position() == i;
            if (!arrives && stayed == stay.size()) {
                throw misfit(path, "nothing is there for position " + i);
            }
            Placed next = arrives ? arrive.get(arrived++) : stay.get(stayed++);
            out.append(type == Bson.ARRAY ? Integer.toString(i) : next.name(), next.value());
        }
        return type == Bson.ARRAY ? Value.array(out.buildDoc()) : Value.document(out.buildDoc());
    }

    private static String name(DocPath.Step step) {
        return step instanceof DocPath.Field field ? field.name() : "";
    }

    private static IllegalArgumentException misfit(DocPath path, String why) {
        return new IllegalArgumentException("the difference is of another document: at '" + path + "': " + why);
    }

    /** A field or an element of the version after, before it has its place. */
    private record Placed(String name, Value value, int position) {}

    /** What the changes say of one path, and of those below it. */
    private static final class Node {
        private final Map<DocPath.Step, Node> below = new HashMap<>();
        private @Nullable FieldChange here;
        private @Nullable FieldChange moved;
        private @Nullable FieldChange added;

        /** Whether it asks for something to be there before. */
        boolean isAboutBefore() {
            return here != null || moved != null || !below.isEmpty();
        }
    }
}

package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a branch hides, in which collections. A collection is known by its id, so that another name does not unveil it, and by its name, so that one that is made
 * anew is covered too. A branch that was made from a masked one has a layer for each. The log keeps each layer as
 * <code>{salt, collections: [{name, id, fields: {PATH: RULE}}]}</code>. Immutable, safe to share.
 */
public final class Mask {
    private final Doc source;
    private final List<Layer> layers = new ArrayList<>();

    private record Layer(Map<Long, DocumentMask> byId, Map<String, DocumentMask> byName) {}

    private Mask(Doc source) {
        this.source = source;
        for (Doc.Field layer : source) {
            layers.add(layer(layer.value().asDoc()));
        }
    }

    /** @param layers an array */
    static Mask of(Doc layers) {
        return new Mask(layers);
    }

    private static Layer layer(Doc doc) {
        byte[] salt = Fields.need(doc, "salt").asBinary();
        Layer layer = new Layer(new HashMap<>(), new HashMap<>());
        for (Doc.Field collection : Fields.need(doc, "collections").asDoc()) {
            Doc rules = collection.value().asDoc();
            DocumentMask mask =
                    DocumentMask.of(salt, Fields.need(rules, "fields").asDoc());
            layer.byId.put(Fields.need(rules, "id").asInt64(), mask);
            layer.byName.put(Fields.need(rules, "name").asString(), mask);
        }
        return layer;
    }

    /** What either hides; null for nothing. */
    public static @Nullable Mask both(@Nullable Mask one, @Nullable Mask other) {
        return one == null || (other != null && other.holds(one))
                ? other
                : other == null || one.holds(other) ? one : one.then(other);
    }

    /** Whether all layers of another one are among this one's. */
    private boolean holds(Mask other) {
        List<Value> own = new ArrayList<>();
        source.forEach(layer -> own.add(layer.value()));
        for (Doc.Field layer : other.source) {
            if (!own.contains(layer.value())) {
                return false;
            }
        }
        return true;
    }

    /** The layers of this, and those of another one over them. */
    Mask then(Mask over) {
        DocBuilder all = new DocBuilder();
        int n = 0;
        for (Doc part : List.of(source, over.source)) {
            for (Doc.Field layer : part) {
                all.append(Integer.toString(n++), layer.value());
            }
        }
        return new Mask(all.buildDoc());
    }

    /** The layers: an array. */
    Value source() {
        return Value.array(source);
    }

    /**
     * What is hidden in the documents of a collection; null for nothing.
     *
     * @param name null where it is not known
     */
    public @Nullable DocumentMask of(long id, @Nullable String name) {
        DocumentMask all = null;
        for (Layer layer : layers) {
            DocumentMask first = layer.byId.get(id);
            DocumentMask second = name == null ? null : layer.byName.get(name);
            all = then(all, first);
            all = Objects.equals(first, second) ? all : then(all, second);
        }
        return all;
    }

    private static @Nullable DocumentMask then(@Nullable DocumentMask before, @Nullable DocumentMask next) {
        return before == null ? next : next == null ? before : before.then(next);
    }

    /**
     * A document of a collection as it may be seen: for what is read from the log itself rather than from a snapshot.
     *
     * @param name the collection's; null where it is not known
     */
    public byte[] apply(long id, @Nullable String name, byte[] document) {
        DocumentMask mask = of(id, name);
        return mask == null ? document : mask.apply(document);
    }

    /** A state as it may be seen, in O(1): whatever is read of it is masked on the way. It can be neither folded on nor stored. */
    public Snapshot view(Snapshot stored) {
        return new Snapshot(
                stored.branch(),
                stored.lsn(),
                stored.byName(),
                stored.collections().view(new View(this)));
    }

    private record View(Mask mask) implements UnaryOperator<CollectionSnapshot> {
        @Override
        public CollectionSnapshot apply(CollectionSnapshot stored) {
            DocumentMask documents = stored.isView() ? null : mask.of(stored.id(), stored.name());
            return documents == null ? stored : stored.masked(documents);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Mask that && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }
}

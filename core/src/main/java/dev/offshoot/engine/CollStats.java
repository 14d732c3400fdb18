package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code collStats}: how much a collection holds. One that is not there holds nothing. */
final class CollStats implements Command {
    @Override
    public String name() {
        return "collStats";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("collstats");
    }

    @Override
    public String help() {
        return "tells how much a collection holds";
    }

    @Override
    public Set<String> fields() {
        return Set.of("scale", "freeStorage");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.collection();
        CollectionSnapshot collection = call.collection(call.snapshot(), name);
        reply.append("ns", call.namespace(name));
        write(collection, Sizes.scale(call), call.bool("freeStorage", true), reply);
    }

    /** What a collection takes, in units of so many bytes; null for one that does not exist. {@code free}: also what is not used. */
    static void write(@Nullable CollectionSnapshot shown, long scale, boolean free, DocBuilder reply) {
        CollectionSnapshot collection = shown == null ? null : shown.stored();
        long count = collection == null ? 0 : collection.count();
        long data = collection == null ? 0 : collection.dataBytes();
        long indexBytes = collection == null ? 0 : Sizes.indexBytes(collection);
        List<IndexSnapshot> indexes = collection == null ? List.of() : collection.indexes();
        reply.append("size", Sizes.number(data / scale)).append("count", Sizes.number(count));
        if (count > 0) {
            reply.append("avgObjSize", Sizes.number(data / count));
        }
        reply.append("numOrphanDocs", 0).append("storageSize", Sizes.number(data / scale));
        if (free) {
            reply.append("freeStorageSize", 0);
        }
        boolean capped = collection != null && collection.definition().isCapped();
        reply.append("capped", capped);
        if (collection != null && capped) {
            reply.append("max", Sizes.number(collection.definition().cappedDocuments()))
                    .append("maxSize", Sizes.number(collection.definition().cappedBytes() / scale));
        }
        reply.append("nindexes", indexes.size())
                .startArray("indexBuilds")
                .end()
                .append("totalIndexSize", Sizes.number(indexBytes / scale))
                .append("totalSize", Sizes.number((data + indexBytes) / scale))
                .startDocument("indexSizes");
        for (IndexSnapshot index : indexes) {
            reply.append(index.name(), Sizes.number(Sizes.indexBytes(index) / scale));
        }
        reply.end().append("scaleFactor", Sizes.number(scale));
    }
}

package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Set;

/** {@code dbStats}: how much a branch holds. */
final class DbStats implements Command {
    @Override
    public String name() {
        return "dbStats";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("dbstats");
    }

    @Override
    public String help() {
        return "tells how much a database holds";
    }

    @Override
    public Set<String> fields() {
        return Set.of("scale", "freeStorage");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        long scale = Sizes.scale(call);
        Snapshot snapshot = call.snapshot().stored();
        long views = 0;
        long objects = 0;
        long indexes = 0;
        long data = 0;
        long indexBytes = 0;
        for (CollectionSnapshot collection : snapshot.all()) {
            views += collection.isView() ? 1 : 0;
            objects += collection.count();
            indexes += collection.indexes().size();
            data += collection.dataBytes();
            indexBytes += Sizes.indexBytes(collection);
        }
        reply.append("db", call.database().text())
                .append("collections", snapshot.byName().size() - views)
                .append("views", views)
                .append("objects", objects)
                .append("avgObjSize", objects == 0 ? 0.0 : (double) data / objects)
                .append("dataSize", (double) data / scale)
                .append("storageSize", (double) data / scale);
        if (call.bool("freeStorage", false)) {
            reply.append("freeStorageSize", 0.0);
        }
        reply.append("indexes", indexes)
                .append("indexSize", (double) indexBytes / scale)
                .append("totalSize", (double) (data + indexBytes) / scale)
                .append("scaleFactor", scale);
    }
}

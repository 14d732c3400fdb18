package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code listCollections}: the collections of a branch, or of a past position. */
final class ListCollections implements Command {
    @Override
    public String name() {
        return "listCollections";
    }

    @Override
    public String help() {
        return "lists the collections of a database";
    }

    @Override
    public Set<String> fields() {
        return Set.of("filter", "nameOnly", "authorizedCollections", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Filter filter = call.listFilter();
        boolean nameOnly = call.strictBool("nameOnly");
        call.strictBool("authorizedCollections");
        Snapshot state = call.snapshot();
        boolean readOnly = call.position() != null;
        List<Doc> collections = new ArrayList<>();
        for (CollectionSnapshot collection : state.all()) {
            Doc described = nameOnly ? nameAndType(collection).buildDoc() : describe(collection, readOnly);
            if (filter.matches(described)) {
                collections.add(described);
            }
        }
        CursorReply.list(call, "$cmd.listCollections", collections, reply);
    }

    private static DocBuilder nameAndType(CollectionSnapshot collection) {
        return new DocBuilder()
                .append("name", collection.name())
                .append("type", collection.isView() ? "view" : "collection");
    }

    private static Doc describe(CollectionSnapshot collection, boolean readOnly) {
        DocBuilder described = nameAndType(collection)
                .append("options", CreateCollection.withoutUuid(collection.options()))
                .startDocument("info")
                .append("readOnly", readOnly || collection.isView());
        Value uuid = collection.options().get(CollectionOptions.UUID);
        if (uuid != null) {
            described.append(CollectionOptions.UUID, uuid);
        }
        described.end();
        return (collection.isView()
                        ? described
                        : described.append("idIndex", collection.idIndex().spec()))
                .buildDoc();
    }
}

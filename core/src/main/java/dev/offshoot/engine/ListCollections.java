package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code listCollections}: the collections of a branch, or of a past position. */
final class ListCollections implements Command {
    private static final String UUID = "uuid";

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
        Filter filter = Filter.compile(call.document("filter"));
        boolean nameOnly = call.bool("nameOnly", false);
        boolean readOnly = call.database().position() != null;
        List<Doc> collections = new ArrayList<>();
        for (CollectionSnapshot collection : call.snapshot().all()) {
            Doc described = describe(collection, readOnly);
            if (filter.matches(described)) {
                collections.add(nameOnly ? nameAndType(collection).buildDoc() : described);
            }
        }
        CursorReply.list(call, "$cmd.listCollections", collections, reply);
    }

    private static DocBuilder nameAndType(CollectionSnapshot collection) {
        return new DocBuilder().append("name", collection.name()).append("type", "collection");
    }

    private static Doc describe(CollectionSnapshot collection, boolean readOnly) {
        DocBuilder described = nameAndType(collection).startDocument("options");
        for (Doc.Field option : collection.options()) {
            if (!option.name().equals(UUID)) {
                described.append(option.name(), option.value());
            }
        }
        described.end().startDocument("info").append("readOnly", readOnly);
        Value uuid = collection.options().get(UUID);
        if (uuid != null) {
            described.append(UUID, uuid);
        }
        return described.end().append("idIndex", collection.idIndex().spec()).buildDoc();
    }
}

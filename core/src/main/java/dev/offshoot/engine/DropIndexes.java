package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@code dropIndexes}: removes indexes by name, by key pattern, several by name, or all but the one on {@code _id}. */
final class DropIndexes implements Command {
    @Override
    public String name() {
        return "dropIndexes";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("deleteIndexes");
    }

    @Override
    public String help() {
        return "removes indexes by name or key pattern; '*' means all but the one on _id";
    }

    @Override
    public Set<String> fields() {
        return Set.of("index");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.collection();
        Value asked = asked(call);
        Target target = call.target();
        if (target == null) {
            throw noCollection(call, name);
        }
        target.writable();
        int before = call.write(target, name, turn -> {
            CollectionSnapshot collection = call.collection(turn.snapshot(), name);
            if (collection == null) {
                throw noCollection(call, name);
            }
            List<Change> drops = new ArrayList<>();
            for (IndexSnapshot index : indexes(collection, asked)) {
                drops.add(new Change.DropIndex(collection.id(), index.id()));
            }
            return new Draft<>(collection.indexes().size(), drops, List.of());
        });
        reply.append("nIndexesWas", before);
        if (isAll(asked)) {
            reply.append("msg", "non-_id indexes dropped for collection");
        }
    }

    private static Value asked(Invocation call) {
        Value asked = call.get("index");
        if (asked == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'dropIndexes.index' is missing but a required field");
        }
        if (!asked.isString() && !asked.isDocument() && !asked.isArray()) {
            throw call.mismatch("index", asked, "types '[string, object, array]'");
        }
        return asked;
    }

    private static boolean isAll(Value asked) {
        return asked.isString() && asked.asString().equals("*");
    }

    private static Set<IndexSnapshot> indexes(CollectionSnapshot collection, Value asked) {
        Set<IndexSnapshot> found = new LinkedHashSet<>();
        if (isAll(asked)) {
            found.addAll(collection.indexes().subList(1, collection.indexes().size()));
        } else if (asked.isDocument()) {
            found.add(byPattern(collection, asked.asDoc()));
        } else if (asked.isString()) {
            found.add(byName(collection, asked.asString()));
        } else {
            for (Doc.Field element : asked.asDoc()) {
                if (!element.value().isString()) {
                    throw new CommandException(
                            ErrorCode.TYPE_MISMATCH,
                            "dropIndexes " + element.value() + " must be a string: the name of an index");
                }
                if (!found.add(byName(collection, element.value().asString()))) {
                    throw new CommandException(
                            ErrorCode.INDEX_NOT_FOUND,
                            "index [" + element.value().asString() + "] is named twice and can be dropped once");
                }
            }
        }
        return found;
    }

    private static IndexSnapshot byName(CollectionSnapshot collection, String name) {
        IndexSnapshot index = collection.index(name);
        if (index == null) {
            throw new CommandException(ErrorCode.INDEX_NOT_FOUND, "index not found with name [" + name + "]");
        }
        return droppable(index);
    }

    private static IndexSnapshot byPattern(CollectionSnapshot collection, Doc pattern) {
        List<IndexSnapshot> found = collection.indexes().stream()
                .filter(index -> IndexSpec.samePattern(index.pattern(), pattern))
                .toList();
        if (found.isEmpty()) {
            throw new CommandException(
                    ErrorCode.INDEX_NOT_FOUND, "can't find index with key: " + ShellText.of(pattern));
        }
        if (found.size() > 1) {
            throw new CommandException(
                    ErrorCode.AMBIGUOUS_INDEX_KEY_PATTERN,
                    found.size() + " indexes found for key: " + pattern + ", identify by name instead. Conflicting"
                            + " indexes: " + found.get(0).spec() + ", "
                            + found.get(1).spec());
        }
        return droppable(found.get(0));
    }

    private static IndexSnapshot droppable(IndexSnapshot index) {
        if (index.isId()) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "cannot drop _id index");
        }
        return index;
    }

    private static CommandException noCollection(Invocation call, String name) {
        return new CommandException(ErrorCode.NAMESPACE_NOT_FOUND, "ns not found " + call.namespace(name));
    }
}

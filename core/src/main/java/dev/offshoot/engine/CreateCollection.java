package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.List;
import java.util.Set;

/** {@code create}: makes a collection or a view. One that is there with the same options is fine, as in MongoDB since 7.0. */
final class CreateCollection implements Command {
    @Override
    public String name() {
        return "create";
    }

    @Override
    public String help() {
        return "makes a collection or a view";
    }

    @Override
    public Set<String> fields() {
        return CreateOptions.FIELDS;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Doc options = CreateOptions.parse(call);
        String name = call.checkWritable(call.collection());
        Target target = call.writeTarget();
        call.<Boolean>write(target, name, turn -> evaluate(call, turn.snapshot(), name, options));
        if (call.has("autoIndexId")) {
            reply.append("note", "The autoIndexId option is deprecated and will be removed in a future release");
        }
    }

    private static Draft<Boolean> evaluate(Invocation call, Snapshot state, String name, Doc options) {
        CollectionSnapshot found = state.entry(name);
        if (found != null) {
            checkSame(call, found, options);
            return Draft.unchanged(false);
        }
        boolean view = options.has("viewOn");
        if (view) {
            Views.check(call, state, name, options);
        }
        byte[] stored = view ? options.toBytes() : NewCollection.options(options);
        return new Draft<>(true, List.of(new Change.CreateCollection(name, stored)), List.of());
    }

    private static void checkSame(Invocation call, CollectionSnapshot found, Doc options) {
        if (!withoutUuid(found.options()).equals(options)) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_EXISTS,
                    "namespace " + call.namespace(found.name()) + " already exists, but with different options: "
                            + ShellText.of(uuidFirst(found.options())));
        }
    }

    private static Doc uuidFirst(Doc options) {
        DocBuilder ordered = new DocBuilder();
        var uuid = options.get(CollectionOptions.UUID);
        if (uuid != null) {
            ordered.append(CollectionOptions.UUID, uuid);
        }
        return ordered.appendAll(withoutUuid(options)).buildDoc();
    }

    /** The options as {@code listCollections} answers them. */
    static Doc withoutUuid(Doc options) {
        DocBuilder plain = new DocBuilder(options.length());
        for (Doc.Field option : options) {
            if (!option.name().equals(CollectionOptions.UUID)) {
                plain.append(option.name(), option.value());
            }
        }
        return plain.buildDoc();
    }
}

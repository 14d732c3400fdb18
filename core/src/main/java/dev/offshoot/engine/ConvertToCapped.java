package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code convertToCapped}: bounds a collection, removes the oldest documents that do not fit, and all indexes but the one on _id. */
final class ConvertToCapped implements Command {
    @Override
    public String name() {
        return "convertToCapped";
    }

    @Override
    public String help() {
        return "makes a capped collection of a plain one";
    }

    @Override
    public Set<String> fields() {
        return Set.of("size");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.checkWritable(call.collection());
        Long size = CreateOptions.whole(call, "size", 1, CreateOptions.SIZE_MAX);
        if (size == null) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "Capped collection size must be greater than zero");
        }
        Target target = call.target();
        if (target == null) {
            throw noSource(call, name);
        }
        target.writable();
        call.<Boolean>write(
                target, name, turn -> new Draft<>(true, changes(call, turn.stored(), name, size), List.of()));
    }

    private static List<Change> changes(Invocation call, Snapshot state, String name, long size) {
        CollectionSnapshot found = call.collection(state, name);
        if (found == null) {
            throw noSource(call, name);
        }
        long bytesMax = CreateOptions.roundedSize(size);
        List<Change> changes = new ArrayList<>();
        DocBuilder options = new DocBuilder();
        CreateOptions.appendCapped(options, bytesMax, 0);
        for (Doc.Field option : found.options()) {
            if (!Set.of("capped", "size", "max").contains(option.name())) {
                options.append(option.name(), option.value());
            }
        }
        changes.add(new Change.AlterCollection(found.id(), options.buildDoc().toBytes()));
        for (IndexSnapshot index : found.indexes()) {
            if (!index.isId()) {
                changes.add(new Change.DropIndex(found.id(), index.id()));
            }
        }
        long bytes = found.dataBytes();
        Cursor<byte[]> oldest = found.documents().ascending(null, null);
        while (bytes > bytesMax && oldest.next()) {
            changes.add(new Change.Delete(found.id(), RecordId.of(oldest.key())));
            bytes -= oldest.value().length;
        }
        return changes;
    }

    private static CommandException noSource(Invocation call, String name) {
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND, "source collection " + call.namespace(name) + " does not exist");
    }
}

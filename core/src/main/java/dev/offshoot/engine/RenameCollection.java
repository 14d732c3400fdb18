package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code renameCollection}: within one branch, where it moves nothing, as everything names a collection by its id. */
final class RenameCollection implements Command {
    @Override
    public String name() {
        return "renameCollection";
    }

    @Override
    public String help() {
        return "gives a collection another name on its branch";
    }

    @Override
    public Set<String> fields() {
        return Set.of("to", "dropTarget");
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String source = call.string("renameCollection");
        String target = call.string("to");
        if (source.equals(target)) {
            throw new CommandException(ErrorCode.ILLEGAL_OPERATION, "Can't rename a collection to itself");
        }
        Invocation on = call.on(database(source));
        checkSameBranch(on.database(), call.on(database(target)).database());
        String from = on.checkWritable(on.checkCollection(collection(source)));
        String to = on.checkWritable(on.checkCollection(collection(target)));
        boolean dropTarget = call.bool("dropTarget", false);
        Target place = on.target();
        if (place == null) {
            throw noSource(source);
        }
        place.writable();
        on.<Boolean>write(
                place, from, turn -> new Draft<>(true, changes(on, turn.snapshot(), from, to, dropTarget), List.of()));
    }

    private static List<Change> changes(Invocation on, Snapshot state, String from, String to, boolean dropTarget) {
        CollectionSnapshot source = state.entry(from);
        if (source == null) {
            throw noSource(on.namespace(from));
        }
        if (source.isView()) {
            throw new CommandException(
                    ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW, "cannot rename view: " + on.namespace(from));
        }
        Masked.checkName(Masked.here(on), source, source.id(), to);
        List<Change> changes = new ArrayList<>();
        CollectionSnapshot over = state.entry(to);
        if (over != null) {
            checkTarget(on, over, dropTarget);
            changes.add(new Change.DropCollection(over.id()));
        }
        changes.add(new Change.RenameCollection(source.id(), to));
        return changes;
    }

    private static void checkTarget(Invocation on, CollectionSnapshot over, boolean dropTarget) {
        if (over.isView()) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_EXISTS, "a view already exists with that name: " + on.namespace(over.name()));
        }
        if (!dropTarget) {
            throw new CommandException(ErrorCode.NAMESPACE_EXISTS, "target namespace exists");
        }
    }

    private static void checkSameBranch(DatabaseReference source, DatabaseReference target) {
        if (!source.sameBranch(target)) {
            throw new CommandException(
                    ErrorCode.COMMAND_FAILED,
                    "Source and destination collections must be on the same branch of the same database, but are on '"
                            + source.text() + "' and '" + target.text() + "'; copy with $out or $merge instead");
        }
    }

    private static CommandException noSource(String namespace) {
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND, "Source collection " + namespace + " does not exist");
    }

    private static String database(String namespace) {
        int dot = namespace.indexOf('.');
        if (dot < 1 || dot == namespace.length() - 1) {
            throw new CommandException(ErrorCode.INVALID_NAMESPACE, "Invalid namespace specified '" + namespace + "'");
        }
        return namespace.substring(0, dot);
    }

    private static String collection(String namespace) {
        return namespace.substring(namespace.indexOf('.') + 1);
    }
}

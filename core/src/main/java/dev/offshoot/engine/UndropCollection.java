package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.BranchLog;
import dev.offshoot.state.LogQuery;
import dev.offshoot.state.LoggedCommit;
import dev.offshoot.state.NearNames;
import dev.offshoot.state.Project;
import dev.offshoot.state.Scope;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings a collection back that was dropped on the branch: as it was right before the newest drop of its name, looked for in what the
 * branch's head sees of the log. Costs no more than that search, whatever the collection holds.
 */
final class UndropCollection {
    private UndropCollection() {}

    /**
     * Brings it back.
     *
     * @param as what it is called from now on; null for its name
     */
    static void run(Invocation call, String collection, @Nullable String as, boolean dryRun, DocBuilder reply) {
        call.checkWritable(call.checkCollection(collection));
        if (as != null) {
            call.checkWritable(call.checkCollection(as));
        }
        Project project = Branches.project(call);
        Target place = call.writeTarget();
        Once once = Restore.once(call, project, dryRun);
        if (Restore.again(call, place, once, reply)) {
            return;
        }
        if (as == null && place.snapshot().entry(collection) != null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_EXISTS,
                    "collection " + call.namespace(collection)
                            + " is there. To bring an older one of this name back beside it add as: 'NAME'; to make it"
                            + " what it was, restore it at a position");
        }
        Target before = beforeDrop(call, project, place, collection);
        List<Scope> passed = project.catalog().passed(before.branch().id(), before.lsn(), place.branch(), place.lsn());
        Restore.write(call, place, Restore.statement(call, collection, before, passed, null, as, dryRun, once), reply);
    }

    private static Target beforeDrop(Invocation call, Project project, Target place, String collection) {
        Branch branch = place.branch();
        Set<String> dropped = new LinkedHashSet<>();
        BranchLog log =
                project.log(branch, place.lsn(), LogQuery.all(BranchLogCommand::replays), call.deadline()::checkNow);
        while (log.hasNext()) {
            LoggedCommit commit = log.next();
            boolean isOneUnnamed = false;
            for (LoggedCommit.Definition definition : commit.definitions()) {
                if (!definition.change().equals(Change.Kind.DROP_COLLECTION.label())) {
                    continue;
                }
                if (definition.name().equals(collection)) {
                    return before(project, place, commit);
                }
                dropped.add(definition.name());
                isOneUnnamed |= !definition.isNamed();
            }
            if (isOneUnnamed) {
                throw unnamed(project, place, collection, commit);
            }
        }
        String kept = log.trimmedBelow() > 0 ? " since LSN " + log.trimmedBelow() + ", where the log begins" : "";
        throw new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "no collection '" + collection + "' was dropped on branch '" + branch.name() + "'" + kept + "; "
                        + NearNames.hint("dropped were", collection, new ArrayList<>(dropped)));
    }

    /** An older collection of the name would come back in place of the one that was meant. */
    private static CommandException unnamed(Project project, Target place, String collection, LoggedCommit commit) {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "position " + (commit.firstLsn() - 1) + " of project '" + project.name()
                        + "' is no longer kept, so nobody knows whether a collection that was dropped right after it was '"
                        + collection + "'. {restore: '" + collection + "', at: '"
                        + place.branch().name() + "~LSN'} brings back what it was at a position that is kept");
    }

    /** The position that the changes of a commit were made to: where a rebase put its branch first, that. */
    private static Target before(Project project, Target place, LoggedCommit commit) {
        long branch = commit.source() instanceof Change.Reset reset ? reset.from() : commit.branch();
        long lsn = commit.source() instanceof Change.Reset reset ? reset.lsn() : commit.firstLsn() - 1;
        return new Target(place.reference(), project, project.catalog().existing(branch), lsn);
    }
}

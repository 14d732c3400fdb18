package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.NearNames;
import dev.offshoot.state.Project;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * <code>{undrop: BRANCH, as: NAME}</code>: brings a branch back that was dropped, as it was then, with its history; the newest that had the
 * name, or the one with an id. It no longer expires. <code>{undrop: 1, collection: NAME, as: NAME}</code>: the same for a collection of the
 * branch that the database names ({@link UndropCollection}).
 */
final class Undrop implements Command {
    @Override
    public String name() {
        return "undrop";
    }

    @Override
    public String help() {
        return "brings back what was dropped: {undrop: BRANCH or its id, as: NAME}, or {undrop: 1, collection: NAME, as: NAME}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("as", "collection", "dryRun");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        String as = call.optionalString("as");
        String collection = call.optionalString("collection");
        if (collection != null) {
            UndropCollection.run(call, collection, as, call.bool("dryRun", false), reply);
            return;
        }
        if (call.has("txnNumber")) {
            throw new CommandException(
                    ErrorCode.NOT_A_RETRYABLE_WRITE_COMMAND,
                    "undrop of a branch takes no txnNumber; a branch that came back does not come back again");
        }
        if (call.has("dryRun")) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "'dryRun' is for a collection");
        }
        Branch found = dropped(call, project);
        String name = DatabaseReference.checkBranch(as == null ? found.name() : as);
        Branch restored =
                project.restoreBranch(found, name, BranchProperties.kept(found.properties()), call.origin(name, name));
        Branches.write(
                reply,
                project,
                Branches.acknowledged(project, restored),
                project.head(restored).lsn());
    }

    private static Branch dropped(Invocation call, Project project) {
        List<Branch> newestFirst = Branches.dropped(project.catalog());
        Value which = call.get(call.name());
        if (which != null && which.isNumber()) {
            return withId(project, newestFirst, which.toLong());
        }
        String name = call.string(call.name());
        for (Branch branch : newestFirst) {
            if (branch.name().equalsIgnoreCase(name)) {
                return branch;
            }
        }
        Branch there = project.catalog().branch(name);
        Set<String> names = new LinkedHashSet<>();
        newestFirst.forEach(branch -> names.add(branch.name()));
        throw new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "no branch '" + name + "' was dropped in '" + project.name() + "'; "
                        + (there == null ? "" : "it is there; ")
                        + NearNames.hint("dropped were", name, new ArrayList<>(names)));
    }

    private static Branch withId(Project project, List<Branch> dropped, long id) {
        for (Branch branch : dropped) {
            if (branch.id() == id) {
                return branch;
            }
        }
        throw new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "no branch with the id " + id + " was dropped in '" + project.name()
                        + "'; {listBranches: 1, dropped: true} tells which were");
    }
}

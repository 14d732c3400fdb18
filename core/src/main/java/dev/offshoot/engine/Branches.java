package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the commands about branches have in common: the project they work on, and how they show a branch. */
final class Branches {
    /** The property of a project with the id of its default branch. */
    static final String DEFAULT = "defaultBranch";

    private Branches() {}

    /** The project whose database the command was sent to. */
    static Project project(Invocation call) {
        if (call.database().isSystem()) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE,
                    call.name() + " is sent to the database of a project, such as 'shop', not to '"
                            + call.database().text() + "'");
        }
        return call.existingProject();
    }

    /**
     * Where new branches and tags begin if nothing else is said: the branch that was made the default, else {@code main}. What reads or
     * changes data does not ask this: to it plain {@code shop} is {@code main}.
     */
    static Branch defaultBranch(Catalog catalog) {
        Value id = catalog.properties().get(DEFAULT);
        Branch branch = id == null ? null : catalog.branch(id.toLong());
        if (branch != null && !branch.dropped()) {
            return branch;
        }
        Branch main = catalog.branch(Branch.MAIN);
        if (main == null) {
            throw new AssertionError("a project without the branch main");
        }
        return main;
    }

    /**
     * Refuses to remove a branch that is protected or the default one.
     *
     * @throws CommandException IllegalOperation
     */
    static void checkDroppable(Catalog catalog, Branch branch) {
        Protection.check(catalog, branch);
        if (defaultBranch(catalog).id() == branch.id()) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "branch '" + branch.name() + "' is the default branch and stays; make another one that first:"
                            + " {updateBranch: 'main', default: true}");
        }
    }

    /** Name, id, parent (null for the first branch), base and head LSN, time of creation, properties. */
    static void write(DocBuilder reply, Project project, Branch branch, long headLsn) {
        Branch parent = project.catalog().branch(branch.parent());
        reply.append("name", branch.name()).append("id", branch.id());
        if (parent == null) {
            reply.appendNull("parent");
        } else {
            reply.append("parent", parent.name());
        }
        reply.append("base_lsn", branch.base())
                .append("head_lsn", headLsn)
                .appendDate("created", branch.createdMillis());
        BranchProperties.write(reply, project.catalog(), branch);
        Scopes.write(reply, branch);
    }

    /** The branches that were dropped, the newest drop first. */
    static List<Branch> dropped(Catalog catalog) {
        List<Branch> dropped = new ArrayList<>(catalog.droppedBranches());
        dropped.sort(Comparator.comparingLong(Branch::droppedLsn).reversed());
        return dropped;
    }

    /**
     * A branch that was dropped: what {@link #write} tells but for its head, where it was dropped, and whether it can come back.
     *
     * @param oldest the oldest position of the project that can be read
     */
    static void writeDropped(DocBuilder reply, Project project, Branch branch, long oldest) {
        Branch parent = project.catalog().branch(branch.parent());
        reply.append("name", branch.name())
                .append("id", branch.id())
                .append("parent", parent == null ? "" : parent.name())
                .append("base_lsn", branch.base())
                .append("dropped_lsn", branch.droppedLsn())
                .appendDate("created", branch.createdMillis());
        long millis = project.millisAt(branch.droppedLsn());
        if (millis > 0) {
            reply.appendDate("dropped", millis);
        }
        BranchProperties.write(reply, project.catalog(), branch);
        reply.append("kept", branch.droppedLsn() > oldest);
    }

    /** A branch as the log has it, with the time of its creation, also when it has been dropped. */
    static Branch acknowledged(Project project, Branch branch) {
        Branch found = project.catalog().branch(branch.id());
        return found == null ? branch : found;
    }

    /** Refuses what would take plain {@code shop} its meaning. */
    static void checkNotMain(Branch branch, Project project) {
        if (branch.parent() == 0) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "branch '" + branch.name() + "' keeps its name: plain '" + project.name()
                            + "' means it; make a branch" + " from it instead");
        }
    }
}

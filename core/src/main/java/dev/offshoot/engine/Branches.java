package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;

/** What the commands about branches have in common: the project they work on, and how they show a branch. */
final class Branches {
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

    /** Name, id, parent (null for the first branch), base and head LSN, time of creation. */
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

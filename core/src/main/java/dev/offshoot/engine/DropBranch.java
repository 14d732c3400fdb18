package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;

/** <code>{dropBranch: NAME}</code>: removes a branch and answers what it was. Its history stays in the log. */
final class DropBranch implements Command {
    @Override
    public String name() {
        return "dropBranch";
    }

    @Override
    public String help() {
        return "removes a branch: {dropBranch: NAME}; its history stays in the log";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.string(call.name());
        Project project = Branches.project(call);
        Branch branch = project.branch(name);
        long head = project.head(branch).lsn();
        Branch dropped =
                project.dropBranch(branch, Branches::checkDroppable, call.origin(branch.name(), branch.name()));
        Branches.write(reply, project, Branches.acknowledged(project, dropped), head);
    }
}

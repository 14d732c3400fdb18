package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;

/** <code>{renameBranch: OLD, to: NEW}</code>: gives a branch another name. */
final class RenameBranch implements Command {
    @Override
    public String name() {
        return "renameBranch";
    }

    @Override
    public String help() {
        return "gives a branch another name: {renameBranch: OLD, to: NEW}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("to");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.string(call.name());
        String to = DatabaseReference.checkBranch(call.string("to"));
        Project project = Branches.project(call);
        Branch branch = project.branch(name);
        Branches.checkNotMain(branch, project);
        long head = project.head(branch).lsn();
        Branch renamed = project.renameBranch(branch, to, Protection::check, call.origin(branch.name(), to));
        Branches.write(reply, project, Branches.acknowledged(project, renamed), head);
    }
}

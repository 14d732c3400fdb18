package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.util.Set;

/** {@code listBranches}: the branches of a project, ordered by name, and the LSN of the project's last change. */
final class ListBranches implements Command {
    @Override
    public String name() {
        return "listBranches";
    }

    @Override
    public String help() {
        return "lists the branches of a project with base and head LSN";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        reply.append("project", project.name()).append("lsn", project.lastLsn()).startArray("branches");
        for (Branch branch : project.catalog().branches()) {
            Snapshot head = project.acknowledgedState(branch.id());
            if (head != null) {
                reply.addDocument();
                Branches.write(reply, project, branch, head.lsn());
                reply.end();
            }
        }
        reply.end();
    }
}

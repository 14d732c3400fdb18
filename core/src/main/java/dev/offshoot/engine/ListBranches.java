package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.util.Set;

/**
 * {@code listBranches}: the branches of a project, ordered by name, and the LSN of the project's last change. With {@code dropped: true}
 * instead those that were dropped, the newest first.
 */
final class ListBranches implements Command {
    @Override
    public String name() {
        return "listBranches";
    }

    @Override
    public String help() {
        return "lists the branches of a project with base and head LSN, or with dropped: true those that were dropped";
    }

    @Override
    public Set<String> fields() {
        return Set.of("dropped");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        UpdateProject.write(reply, project);
        reply.startArray("branches");
        if (call.bool("dropped", false)) {
            writeDropped(reply, project);
        } else {
            write(reply, project);
        }
        reply.end();
    }

    private static void write(DocBuilder reply, Project project) {
        for (Branch branch : project.catalog().branches()) {
            Snapshot head = project.acknowledgedState(branch.id());
            if (head != null) {
                reply.addDocument();
                Branches.write(reply, project, branch, head.lsn());
                reply.end();
            }
        }
    }

    private static void writeDropped(DocBuilder reply, Project project) {
        long oldest = project.oldestLsn();
        for (Branch branch : Branches.dropped(project.catalog())) {
            reply.addDocument();
            Branches.writeDropped(reply, project, branch, oldest);
            reply.end();
        }
    }
}

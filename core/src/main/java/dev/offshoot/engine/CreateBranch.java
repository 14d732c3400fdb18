package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;

/**
 * <code>{createBranch: NAME, from: ...}</code>: makes a branch at the head or at a past position of another. {@code from} is any position
 * that {@link Positions} reads; without it, the reference itself says where.
 */
final class CreateBranch implements Command {
    @Override
    public String name() {
        return "createBranch";
    }

    @Override
    public String help() {
        return "makes a branch: {createBranch: NAME, from: branch, tag, LSN or time}; copies nothing";
    }

    @Override
    public Set<String> fields() {
        return Set.of("from");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = DatabaseReference.checkBranch(call.string(call.name()));
        Target start = Positions.of(call, "from");
        Project project = start.project();
        Branch made = project.createBranch(
                name,
                start.branch(),
                start.at(),
                call.origin(name, start.branch().name()));
        Branches.write(reply, project, Branches.acknowledged(project, made), made.base());
    }
}

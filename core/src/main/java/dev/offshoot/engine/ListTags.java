package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import java.util.Set;

/** {@code listTags}: the tags of a project, ordered by name. */
final class ListTags implements Command {
    @Override
    public String name() {
        return "listTags";
    }

    @Override
    public String help() {
        return "lists the tags of a project with branch and LSN";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Moves.checkOne(call, "send the command to the database of the project");
        Project project = Branches.project(call);
        reply.append("project", project.name()).startArray("tags");
        project.catalog().tags().forEach(tag -> {
            reply.addDocument();
            Tags.write(reply, project, tag);
            reply.end();
        });
        reply.end();
    }
}

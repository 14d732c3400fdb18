package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import java.util.Set;

/** {@code listProjects}: the projects of the store, ordered by name. */
final class ListProjects implements Command {
    @Override
    public String name() {
        return "listProjects";
    }

    @Override
    public String help() {
        return "lists the projects";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Projects projects = call.engine().projects();
        reply.startArray("projects");
        for (Projects.Info info : projects.list()) {
            Project project = projects.find(info.name());
            if (project != null) {
                reply.addDocument();
                ProjectReply.write(reply, info, project);
                reply.end();
            }
        }
        reply.end();
    }
}

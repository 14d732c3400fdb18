package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.store.CorruptionException;
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
            Project project;
            try {
                project = projects.find(info.name());
            } catch (CorruptionException e) {
                write(reply, info)
                        .append("damaged", String.valueOf(e.getMessage()))
                        .end();
                continue;
            }
            if (project != null) {
                reply.addDocument();
                ProjectReply.write(reply, info, project);
                reply.end();
            }
        }
        for (Projects.Info info : projects.restoring()) {
            write(reply, info).append("restoring", true).end();
        }
        reply.end();
    }

    /** One that cannot be opened. */
    private static DocBuilder write(DocBuilder reply, Projects.Info info) {
        return reply.addDocument()
                .append("name", info.name())
                .append("id", info.id())
                .appendDate("created", info.createdMillis());
    }
}
